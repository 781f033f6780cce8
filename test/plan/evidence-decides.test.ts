import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/model/observation.ts';
import type { MountedFolder, ProcessFacts } from '../../src/model/runtime.ts';
import type { Deviations } from '../support/containers.ts';
import { aProcessOf, aRuntime, sameIds } from '../support/a-runtime.ts';
import { aWatch, anUnknown, aUse, chosen, decisionOn, keptIn } from '../support/watched.ts';

const SWITCH = [aUse('SETUID', { call: 'setuid' }), aUse('SETGID', { call: 'setgroups' })];

describe('a container that was watched from its start on', () => {
  test('keeps what it used, and nothing else', () => {
    const choice = chosen(anUnknown(), { observations: [aWatch({ uses: SWITCH })] });

    expect(keptIn(choice)).toEqual(['SETGID', 'SETUID']);
    expect(choice.basis).toMatchObject({
      confidence: 'strong',
      because: 'watched for 10 min, from its start on',
    });
    expect(decisionOn('NET_RAW', choice)).toMatchObject({ evidence: 'silent', risk: 0.0008 });
    expect(choice.warnings).toEqual([]);
  });

  test('is judged by what was seen of it, not of another of its name', () => {
    const other = aWatch({ id: 'another', uses: [] });

    expect(keptIn(chosen(anUnknown(), { observations: [other] }))).toContain('CHOWN');
  });

  test('keeps all that any watch of it showed', () => {
    const observations = [
      aWatch({ uses: SWITCH }),
      aWatch({ sawStart: false, uses: [aUse('DAC_OVERRIDE', { phase: 'run', program: 'rndc' })] }),
    ];

    expect(keptIn(chosen(anUnknown(), { observations }))).toEqual(['DAC_OVERRIDE', 'SETGID', 'SETUID']);
  });

  test.each([
    ['one way into the kernel was closed', { blindSpots: ['capset could not be seen'] }],
    ['it was only watched for seconds', { seconds: 5 }],
  ])('is trusted less where %s', (_why, different) => {
    const choice = chosen(anUnknown(), { observations: [aWatch(different)] });

    expect(choice.basis.confidence).toBe('fair');
  });

  test('loses what it was given on purpose and never used, and the plan warns of that', () => {
    const given = anUnknown({ HostConfig: { CapAdd: ['SYS_ADMIN', 'NET_ADMIN'], CapDrop: null } });
    const uses = [aUse('NET_ADMIN', { program: 'openvpn', call: 'ioctl' })];

    const choice = chosen(given, { observations: [aWatch({ uses })] });

    expect(keptIn(choice)).toEqual(['NET_ADMIN']);
    expect(choice.warnings.join()).toContain('it was given SYS_ADMIN on purpose, and was never seen to use it');
    expect(choice.basis.notes.join()).toContain('go on to warn of NET_ADMIN');
  });
});

describe('a container of which only a part was seen', () => {
  test.each<[string, Partial<Observation>]>([
    ['its start was not watched', { sawStart: false }],
    ['the kernel lost some events while it was watched', { lostEvents: 1 }],
    ['it was started again by somebody else while it was watched', { wasStartedAgain: true }],
    ['hardly more than its start was watched', { seconds: 0 }],
  ])('keeps the safe set beside what it used, as %s', (why, different) => {
    const uses = [aUse('NET_RAW', { phase: 'run', program: 'pinger' })];

    const choice = chosen(anUnknown(), { observations: [aWatch({ uses, ...different })] });

    expect(keptIn(choice)).toEqual(expect.arrayContaining(['CHOWN', 'NET_RAW', 'SETUID']));
    expect(choice.basis).toMatchObject({ confidence: 'weak', because: expect.stringContaining(why) });
    expect(choice.warnings.join()).toContain('enforce observe web --start tells what it needs');
  });
});

describe('what comes when nobody watches', () => {
  const master = process('master', 0, { pid: 10, parent: 1 });
  const worker = process('worker', 33, { pid: 11, parent: 10 });
  const closed = folder('/data', 999, 0o700);

  test.each<[string, string, Parameters<typeof aRuntime>[0], Deviations]>([
    ['KILL: a root parent ends children of another user (L1)', 'KILL', { processes: [master, worker] }, {}],
    ['DAC_OVERRIDE: the next start finds a folder closed (L3)', 'DAC_OVERRIDE', { mountedFolders: [closed] }, {}],
    [
      'CHOWN: a folder may come that is not its user’s yet (L2)',
      'CHOWN',
      {
        mountedFolders: [folder('/data', 0, 0o755)],
        startTexts: [{ path: '/entrypoint.sh', text: 'chown -R app /data\nexec gosu app shop\n' }],
      },
      {},
    ],
    [
      'NET_RAW: its health check calls a program that carries it (L5)',
      'NET_RAW',
      {
        poweredFiles: [
          {
            path: '/bin/ping',
            isUsed: false,
            isSetuidRoot: false,
            capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true },
          },
        ],
      },
      { Config: { Healthcheck: { Test: ['CMD-SHELL', 'ping -c1 db'] } } },
    ],
  ])('is kept: %s', (_sentence, capability, runtime, deviations) => {
    const given = anUnknown(deviations, aRuntime(runtime));

    const observations = [aWatch({ ranBefore: false, sawStop: false, uses: SWITCH })];
    const choice = chosen(given, { observations });

    expect(keptIn(choice)).toEqual(['SETGID', 'SETUID', capability].toSorted());
  });

  test('is kept: all that a login through sshd takes (L6), whether or not anybody came in', () => {
    const given = anUnknown({}, aRuntime({ processes: [process('sshd', 0)] }));

    const choice = chosen(given, { observations: [aWatch()] });

    expect(keptIn(choice)).toEqual(['AUDIT_WRITE', 'CHOWN', 'SETGID', 'SETUID', 'SYS_CHROOT']);
  });

  test('is not, once its stop and the start after it were seen', () => {
    const given = anUnknown({}, aRuntime({ processes: [master, worker], mountedFolders: [closed] }));

    const choice = chosen(given, { observations: [aWatch({ uses: SWITCH })] });

    expect(keptIn(choice)).toEqual(['SETGID', 'SETUID']);
    expect(decisionOn('KILL', choice)?.because).toMatch(/^master is root and signals children.*it was seen to stop/);
  });

  test('is only what its stop asks for, once a start was seen that was not its first', () => {
    const given = anUnknown({}, aRuntime({ processes: [master, worker], mountedFolders: [closed] }));

    const choice = chosen(given, { observations: [aWatch({ sawStop: false, ranBefore: true, uses: SWITCH })] });

    expect(keptIn(choice)).toEqual(['KILL', 'SETGID', 'SETUID']);
  });

  test('is not CHOWN, where every file of a volume is its user’s already', () => {
    const startTexts = [{ path: '/entrypoint.sh', text: 'find /data ! -user app -exec chown app {} +\n' }];
    const given = anUnknown({}, aRuntime({ mountedFolders: [folder('/data', 999, 0o755)], startTexts }));

    const choice = chosen(given, { observations: [aWatch({ uses: SWITCH })] });

    expect(keptIn(choice)).toEqual(['SETGID', 'SETUID']);
    expect(decisionOn('CHOWN', choice)?.because).toContain('all of its volumes belong to their users already');
  });
});

describe('KILL of a container with an init of the engine', () => {
  const [init, nginx] = [process('docker-init', 0, { pid: 10 }), process('nginx', 999, { pid: 11, parent: 10 })];
  test.each([
    [true, 'keep'],
    [false, 'drop'],
  ])('which is %j: an image that was tried without is tried as it is, and has none', (Init, verdict) => {
    const Config = { Image: 'nginx:1.25' };
    const given = anUnknown({ Config, HostConfig: { Init } }, aRuntime({ processes: [init, nginx] }));

    expect(decisionOn('KILL', chosen(given))).toMatchObject({ verdict });
  });

  test('is not kept where a stop was seen in which nobody asked for it', () => {
    const given = anUnknown({ HostConfig: { Init: true } }, aRuntime({ processes: [init, nginx] }));

    expect(keptIn(chosen(given, { observations: [aWatch({ uses: SWITCH })] }))).toEqual(['SETGID', 'SETUID']);
  });
});

describe('the mode of a playbook', () => {
  const given = anUnknown(
    {},
    aRuntime({ processes: [process('master', 0, { pid: 10 }), process('worker', 33, { pid: 11, parent: 10 })] }),
  );
  const observations = [aWatch({ sawStop: false, uses: SWITCH })];

  test.each([
    ['equivalent', ['KILL', 'SETGID', 'SETUID']],
    ['minimal', ['SETGID', 'SETUID']],
    ['cautious', ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID', 'SYS_CHROOT']],
  ] as const)('%s keeps %j', (mode, kept) => {
    expect(keptIn(chosen(given, { observations }, { mode }))).toEqual(kept);
  });
});

function process(name: string, user: number, different: Partial<ProcessFacts> = {}): ProcessFacts {
  const ids = sameIds(user);
  const held = user === 0 ? {} : { permitted: [], effective: [] };
  const bounding = different.permitted ?? ['CHOWN', 'NET_RAW'];
  return aProcessOf(name, { pid: 20, userIds: ids, groupIds: ids, bounding, ...held, ...different });
}

function folder(path: string, ownerId: number, mode: number): MountedFolder {
  return { path, kind: 'volume', ownerId, groupId: ownerId, mode, isEmpty: false };
}
