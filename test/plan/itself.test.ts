import { expect, test } from '@jest/globals';
import type { Whereabouts } from '../../src/model/machine.ts';
import { runsEnforce } from '../../src/plan/itself.ts';
import { container, idOf, snapshot } from '../support/containers.ts';
import { changeOf, publishing } from '../support/planned.ts';

const NOWHERE: Whereabouts = { containerIds: [] };

test.each<readonly [string, Whereabouts]>([
  ['its full id', { containerIds: [idOf('outer'), idOf('control')] }],
  ['the first twelve digits of its id', { containerIds: [idOf('control').slice(0, 12)] }],
])('the container enforce runs in is known by %s, and left alone', (_sign, itself) => {
  expect(runsEnforce(container('control'), itself)).toMatchObject({
    because: expect.stringContaining('enforce itself runs in it'),
    hint: expect.stringContaining('from another machine'),
  });
});

test('so is one that joined the network of the container enforce seems to run in, as it cannot tell the two apart', () => {
  const joined = container('joined', { HostConfig: { NetworkMode: `container:${idOf('gate')}` } });

  expect(runsEnforce(joined, { containerIds: [idOf('gate')] })).toBeDefined();
});

test.each<readonly [string, Whereabouts]>([
  ['enforce runs on a plain host', NOWHERE],
  ['it runs in another container', { containerIds: [idOf('other')] }],
])('no container is meant when %s', (_where, itself) => {
  expect(runsEnforce(container('control'), itself)).toBeUndefined();
});

test('a plan says so before every other reason', () => {
  const control = publishing('control', ['22:22', '80:80'], { HostConfig: { AutoRemove: true } });

  const change = changeOf('control', snapshot([control]), { itself: { containerIds: [control.id] } });

  expect(change).toMatchObject({
    action: 'blocked',
    blocked: { because: expect.stringContaining('enforce itself runs in it') },
  });
});
