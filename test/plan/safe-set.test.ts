import { describe, expect, test } from '@jest/globals';
import type { ProcessFacts } from '../../src/model/runtime.ts';
import { aProcessOf, aRuntime, sameIds } from '../support/a-runtime.ts';
import { aWatch, anUnknown, chosen, decisionOn, keptIn } from '../support/watched.ts';

describe('the safe set is smaller', () => {
  test('where all processes have one user, and none of them is known to confine itself', () => {
    const app = anUnknown({}, aRuntime({ processes: [process('node', 0), process('node', 0)] }));

    const choice = chosen(app);

    expect(keptIn(choice)).toEqual(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']);
    expect(decisionOn('KILL', choice)?.because).toBe('all of its processes have the same user');
  });

  test('where the code of its one program has no chroot, whatever shell started it', () => {
    const choice = chosen(
      anUnknown({}, aRuntime({ processes: [process('sh', 0), process('shopd', 0, { namesChroot: false })] })),
    );

    expect(keptIn(choice)).not.toContain('SYS_CHROOT');
    expect(decisionOn('SYS_CHROOT', choice)?.because).toBe('the code of shopd has no chroot');
  });

  test('but not where busybox serves programs on demand, whatever its file is called', () => {
    const httpd = process('httpd', 0, { executable: '/bin/busybox', namesChroot: true });

    const choice = chosen(anUnknown({}, aRuntime({ processes: [httpd] })));

    expect(keptIn(choice)).toEqual(expect.arrayContaining(['KILL', 'SYS_CHROOT']));
  });

  test.each<[string, readonly ProcessFacts[]]>([
    ['its code has', [process('shopd', 0, { namesChroot: true })]],
    ['its code could not be told', [process('shopd', 0)]],
    ['it starts others on demand', [process('inetd', 0, { namesChroot: false })]],
    [
      'it is several programs',
      [process('qmgr', 0, { namesChroot: false }), process('pickup', 9, { namesChroot: false })],
    ],
  ])('but not by chroot, where %s', (_why, processes) => {
    expect(keptIn(chosen(anUnknown({}, aRuntime({ processes }))))).toContain('SYS_CHROOT');
  });

  test('by what is refused to it today already', () => {
    const choice = chosen(anUnknown(), { observations: [aWatch({ sawStart: false, refusedChroots: ['sshd'] })] });

    expect(keptIn(choice)).not.toContain('SYS_CHROOT');
    expect(decisionOn('SYS_CHROOT', choice)?.because).toBe('sshd asked for it and is refused it today');
  });

  test('by everything, where nothing of the container can have any capability', () => {
    const processes = [process('shop', 1000, { permitted: [], effective: [], hasNoNewPrivileges: true })];
    const choice = chosen(anUnknown({ Config: { User: '1000' } }, aRuntime({ processes })));

    expect(keptIn(choice)).toEqual([]);
    expect(choice.basis.confidence).toBe('proven');
  });
});

function process(name: string, user: number, different: Partial<ProcessFacts> = {}): ProcessFacts {
  const ids = sameIds(user);
  const held = user === 0 ? {} : { permitted: [], effective: [] };
  const bounding = different.permitted ?? ['CHOWN', 'NET_RAW'];
  return aProcessOf(name, { pid: 20, userIds: ids, groupIds: ids, bounding, ...held, ...different });
}
