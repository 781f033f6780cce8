import { describe, expect, test } from '@jest/globals';
import { beforeOf, dependantsOf, markLabels, markOf, settingsBefore } from '../../src/apply/marks.ts';
import { writeJson } from '../../src/engine/json-text.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { LABELS } from '../../src/model/names.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { MARKED, MARKS, specOf } from '../support/spec-of.ts';

describe('labels', () => {
  test('are kept, and those of an earlier run replaced', () => {
    const earlier = Object.fromEntries(Object.values(LABELS).map((label) => [label, 'of run 0001']));
    const web = inspectOf('web', { Config: { Labels: { team: 'shop', ...earlier, 'io.enforce.other': 'kept' } } });

    expect(specOf(web)['Labels']).toEqual({ team: 'shop', 'io.enforce.other': 'kept', ...MARKED });
  });

  test('that would be a prototype are labels like any other', () => {
    const Labels = JSON.parse('{"__proto__": "polluted", "constructor": "x"}') as Record<string, string>;

    const text = writeJson(specOf(inspectOf('web', { Config: { Labels } })));

    expect(text).toContain('"__proto__":"polluted"');
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });

  test('are the marks alone where there were none', () => {
    expect(specOf(inspectOf('web', { Config: { Labels: null } }))['Labels']).toEqual(MARKED);
  });
});

describe('what the labels of a candidate tell', () => {
  const before = { activity: 'paused', restart: 'on-failure:5' } as const;
  const dependants = [{ name: 'sidecar', id: idOf('sidecar'), before }];
  const edits = [
    { path: 'HostConfig.CapDrop', before: null, after: ['ALL'] },
    { path: 'HostConfig.PortBindings', before: { '80/tcp': [{ HostPort: '80' }] }, after: {} },
  ];
  const marked = (labels: Readonly<Record<string, string>>): ContainerInspect =>
    inspectOf('web', { Config: { Labels: { ...labels } } });

  test('is what was written', () => {
    const candidate = marked(markLabels({ ...MARKS, before, dependants, edits, leader: 'vpn' }));

    expect(beforeOf(candidate)).toEqual(before);
    expect(dependantsOf(candidate)).toEqual(dependants);
    expect(settingsBefore(candidate)).toEqual([
      ['HostConfig.PortBindings', { '80/tcp': [{ HostPort: '80' }] }],
      ['HostConfig.CapDrop', null],
    ]);
    expect(markOf(candidate, 'leader')).toBe('vpn');
  });

  test('is nothing where nothing was, and a running container for who wrote less', () => {
    expect(markOf(marked(markLabels(MARKS)), 'leader')).toBeUndefined();
    expect(dependantsOf(marked(markLabels(MARKS)))).toEqual([]);
    expect(beforeOf(marked({ [LABELS.restart]: 'always:0' }))).toEqual({ activity: 'running', restart: 'always:0' });
  });

  test.each(['nonsense', '[]', '"x"', '[{"name":1}]', '{"HostConfig.Privileged":true,"HostConfig.Binds":["/:/host"]}'])(
    'is nothing of %s, which somebody else wrote there',
    (text) => {
      const candidate = marked({ [LABELS.before]: text, [LABELS.dependants]: text });

      expect(settingsBefore(candidate)).toEqual([]);
      expect(dependantsOf(candidate)).toEqual([]);
    },
  );
});
