import { describe, expect, test } from '@jest/globals';
import { readProfile } from '../../src/load/learned-profile.ts';
import type { LearnedProfile } from '../../src/model/learned.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { MountedFolder } from '../../src/model/runtime.ts';
import type { Container } from '../../src/model/snapshot.ts';
import { mergeProfiles, profileOf } from '../../src/plan/profile-of.ts';
import { profileText } from '../../src/report/profile-document.ts';
import { aTrial } from '../support/a-trial.ts';
import type { Deviations } from '../support/containers.ts';
import { container, idOf } from '../support/containers.ts';
import { aRuntime } from '../support/a-runtime.ts';
import { seen } from '../support/planned.ts';
import { aWatch, aUse, chosen, decisionOn, keptIn } from '../support/watched.ts';

const SWITCH = [aUse('SETUID', { call: 'setuid' }), aUse('SETGID', { call: 'setgroups' })];

describe('a profile', () => {
  const learned = profile(postgres('db-1'));

  test('has no reason that was a guess, nor one that is a list of the container’s own', () => {
    const CapAdd = ['CHOWN', 'FOWNER', 'SETGID', 'SETUID', 'SYS_CHROOT'];
    const listed = profile(postgres('db-1', { HostConfig: { CapDrop: ['ALL'], CapAdd } }), { sawStart: false });
    const guessed = profile(postgres('db-1'), { sawStart: false });
    const guesses = [listed, guessed].flatMap(({ capabilities }) =>
      capabilities.filter(({ verdict }) => verdict === 'keep').map(({ class: kind }) => kind),
    );

    expect(new Set(guesses)).toEqual(new Set(['used-at-start']));
  });

  test.each(['safe-set', 'configuration'] as const)('of an older file gives no reason that was one: %s', (kind) => {
    const because = kind === 'configuration' ? 'asked for by name (cap_add)' : 'a guess';
    const capabilities = [{ capability: 'FOWNER', verdict: 'keep', class: kind, because, isTolerated: false } as const];

    const choice = chosen(postgres('db-2'), { profiles: [{ ...learned, capabilities }] });

    expect(keptIn(choice)).not.toContain('FOWNER');
  });

  test('says of another container of the same making what it needs', () => {
    const choice = chosen(postgres('db-2'), { profiles: [learned] });

    expect(keptIn(choice)).toEqual(['SETGID', 'SETUID']);
    expect(choice.basis).toMatchObject({ confidence: 'strong', because: expect.stringContaining('the same making') });
    expect(decisionOn('SETUID', choice)?.because).toContain('gosu called setuid with it at start');
  });

  test('is the better for a gate that was passed with a restart', () => {
    const tried = { ...learned, proof: learned.proof.map((watch) => ({ ...watch, gate: ['G1', 'G8'] })) };

    expect(chosen(postgres('db-2'), { profiles: [tried] }).basis.confidence).toBe('proven');
  });

  test('counts for less where the image is another build', () => {
    const rebuilt = postgres('db-2', { Image: `sha256:${idOf('another build')}` });

    const choice = chosen(rebuilt, { profiles: [learned] });

    expect(keptIn(choice)).toEqual(['SETGID', 'SETUID']);
    expect(choice.basis).toMatchObject({ confidence: 'fair', because: expect.stringContaining('another build') });
  });

  test.each<[string, Container]>([
    [
      'another version of the image',
      postgres('db-2', { Image: `sha256:${idOf('17')}`, Config: { Image: 'acme/db:17' } }),
    ],
    ['the user \\"\\"', postgres('db-2', { Config: { User: '999' } })],
    ['another entrypoint', postgres('db-2', { Config: { Entrypoint: ['sh', '-c', 'x'] } })],
    ['another command', postgres('db-2', { Config: { Cmd: ['bash'] } })],
    ['the network private', postgres('db-2', { HostConfig: { NetworkMode: 'host' } })],
    ['another setting of no-new-privileges', postgres('db-2', { HostConfig: { SecurityOpt: ['no-new-privileges'] } })],
    ['volumes in another state', postgres('db-2', {}, { isEmpty: true })],
    ['another start script', postgres('db-2', {}, {}, 'chown -R db /data')],
  ])('is not used where it was learned with %s, and the plan says so', (why, other) => {
    const choice = chosen(other, { profiles: [learned] });

    expect(choice.basis.because).toContain(`is not used: it was learned with ${why.replaceAll('\\', '')}`);
    expect(choice.basis.confidence).not.toBe('strong');
  });

  test('of another making that only a gate knows is not told of, as nobody gave it', () => {
    const other = postgres('db-2', { Config: { Cmd: ['bash'] } });

    const choice = chosen(other, { profiles: [{ ...learned, trials: [aTrial(['SETGID', 'SETUID'])] }] });

    expect(choice.basis.because).not.toContain('is not used');
  });

  test('says nothing of a container of another image', () => {
    const other = postgres('db-2', { Config: { Image: 'acme/mail:16' } });

    expect(chosen(other, { profiles: [learned] }).basis.because).not.toContain('profile');
  });

  test('says nothing of a capability that was not held when it was learned', () => {
    const more = postgres('db-2', { HostConfig: { CapAdd: ['NET_BROADCAST'] } });

    expect(() => chosen(more, { profiles: [learned] })).toThrow('it was given NET_BROADCAST on purpose');
  });

  test('has no words of a command line, no value of an environment, no host and no path of one', () => {
    const secretive = postgres('db-1', {
      Config: {
        Env: ['PASSWORD=hunter2'],
        Cmd: ['sh', '-c', 'login --password hunter2'],
        Entrypoint: ['run', 'hunter2'],
      },
      Mounts: [{ Type: 'bind', Source: '/srv/hunter2', Destination: '/data' }],
    });

    expect(profileText(profile(secretive))).not.toContain('hunter2');
  });
});

describe('the file of a profile', () => {
  test('is the same profile when it is read again, and the same text each time', () => {
    const learned = profile(postgres('db-1'));

    const read = readProfile({ file: 'db.yml', text: profileText(learned) });

    expect(profileText(read)).toBe(profileText(learned));
    expect(keptIn(chosen(postgres('db-2'), { profiles: [read] }))).toEqual(['SETGID', 'SETUID']);
  });

  test('holds a program’s name that poses as another line', () => {
    const program = 'x", because: "y" }\n  SYS_ADMIN: { verdict: keep';
    const learned = profile(postgres('db-1'), { uses: [aUse('SETUID', { program })] });

    const read = readProfile({ file: 'db.yml', text: profileText(learned) });

    expect(read.capabilities.filter(({ verdict }) => verdict === 'keep').map(({ capability }) => capability)).toEqual([
      'SETUID',
    ]);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'an unknown capability',
      (text) => text.replaceAll('SETUID', 'SETUIT'),
      /^db\.yml:\d+: set\.add\[1\]: is "SETUIT", which Linux does not have \(did you mean SETUID\?\)/,
    ],
    [
      'ALL among what is kept',
      (text) => text.replace('add: [SETGID, SETUID]', 'add: [ALL]'),
      /^db\.yml:3\d?: .*ALL.*would keep everything|set\.add\[0\]: is "ALL"/,
    ],
    [
      'a list that differs from what is kept',
      (text) => text.replace('add: [SETGID, SETUID]', 'add: [SETGID]'),
      /set\.add: is not what is kept under capabilities/,
    ],
    [
      'another kind of file',
      (text) => text.replace('CapabilityProfile', 'Playbook'),
      /^db\.yml:1: kind: is "Playbook"; expected CapabilityProfile/,
    ],
    ['a key nobody knows', (text) => text.replace('held:', 'holds:'), /holds: is not a known key; expected held/],
    [
      'no proof',
      (text) => text.replace(/proof:\n[\s\S]*/, 'proof: []\n'),
      /proof: is empty; expected at least one watch/,
    ],
  ])('is refused with %s, and the line of it', (_what, spoil, message) => {
    const text = spoil(profileText(profile(postgres('db-1'))));

    expect(() => readProfile({ file: 'db.yml', text })).toThrow(message);
  });
});

describe('profiles of several hosts', () => {
  const one = profile(postgres('db-1'));
  const other = profile(postgres('db-3'), { uses: [...SWITCH, aUse('CHOWN', { call: 'chown' })] });

  test('are one, with what either needs', () => {
    const both = mergeProfiles(one, other);

    expect(keptIn(chosen(postgres('db-2'), { profiles: [both] }))).toEqual(['CHOWN', 'SETGID', 'SETUID']);
    expect(both.proof).toHaveLength(2);
  });

  test('are the same whichever comes first, and no watch counts twice', () => {
    expect(profileText(mergeProfiles(one, other))).toBe(profileText(mergeProfiles(other, one)));
    expect(mergeProfiles(one, one)).toEqual(one);
  });
});

function profile(given: Container, different: Partial<Observation> = {}): LearnedProfile {
  const observation = aWatch({ id: given.id, uses: SWITCH, ...different });
  return profileOf(given, observation, chosen(given, { observations: [observation] }));
}

/** A database that becomes another user at start, with one volume. */
function postgres(
  name: string,
  deviations: Deviations = {},
  folder: Partial<MountedFolder> = {},
  text = 'exec gosu db "$@"',
): Container {
  return container(name, {
    Mounts: [{ Type: 'volume', Name: `${name}-data`, Destination: '/data' }],
    ...deviations,
    Config: {
      Image: 'acme/db:16.2',
      Entrypoint: ['/entrypoint.sh'],
      Cmd: ['postgres', '-c', 'x'],
      ...deviations.Config,
    },
    HostConfig: { CapDrop: null, ...deviations.HostConfig },
    details: seen({
      runtime: aRuntime({
        startTexts: [{ path: '/entrypoint.sh', text }],
        mountedFolders: [
          { path: '/data', kind: 'volume', ownerId: 999, groupId: 999, mode: 0o755, isEmpty: false, ...folder },
        ],
      }),
    }),
  });
}
