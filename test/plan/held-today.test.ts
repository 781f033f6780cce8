import { expect, test } from '@jest/globals';
import type { ProcessFacts, StartText } from '../../src/model/runtime.ts';
import { heldToday } from '../../src/plan/held-today.ts';
import { aProcessOf, aRuntime, unknownRuntime } from '../support/a-runtime.ts';
import { anUnknown } from '../support/watched.ts';

const FIRST = aProcessOf('shop', { pid: 4711, bounding: ['CHOWN', 'KILL', 'SYS_ADMIN'] });

test('what a container holds is what its settings give it, and of that what the kernel lets its first process have', () => {
  expect(held([FIRST])).toEqual(['CHOWN', 'KILL']);
});

test('of a privileged one too, whose engine may have less than everything', () => {
  const runtime = aRuntime({ processes: [FIRST] });

  expect(heldToday(anUnknown({ HostConfig: { Privileged: true } }, runtime))).toEqual({
    isPrivileged: true,
    names: ['CHOWN', 'KILL', 'SYS_ADMIN'],
  });
});

test.each<[string, readonly ProcessFacts[], readonly StartText[]]>([
  ['only another process than the first was seen', [{ ...FIRST, pid: 20 }], []],
  [
    'its start takes capabilities off itself for good',
    [FIRST],
    [{ path: '/e.sh', text: 'setpriv --bounding-set=-all app' }],
  ],
  ['its start goes through a program that does', [FIRST], [{ path: '/usr/sbin/capsh', text: null }]],
  ['its first process is an init that does', [{ ...FIRST, name: 'systemd' }], []],
])('what its settings give it counts where %s', (_why, processes, startTexts) => {
  expect(held(processes, startTexts)).toHaveLength(14);
});

test('and where nothing could be read', () => {
  expect(heldToday(anUnknown({}, unknownRuntime('no shell'))).names).toHaveLength(14);
});

function held(processes: readonly ProcessFacts[], startTexts: readonly StartText[] = []): readonly string[] {
  return heldToday(anUnknown({}, aRuntime({ processes, startTexts }))).names;
}
