import { describe, expect, test } from '@jest/globals';
import { aPlaybook, says, someCapabilitySettings } from '../support/a-playbook.ts';
import { container, snapshot } from '../support/containers.ts';
import { changeOf, seen } from '../support/planned.ts';
import { aWatch, anUnknown, aUse, choiceOf, chosen, decisionOn, keptIn } from '../support/watched.ts';

const SWITCH = { observations: [aWatch({ uses: [aUse('SETUID'), aUse('SETGID')] })] };

describe('what a person says of a container', () => {
  test('pin: is kept and nothing else, whatever was seen', () => {
    const choice = chosen(anUnknown(), SWITCH, says({ mode: 'pin', add: ['CHOWN'] }));

    expect(keptIn(choice)).toEqual(['CHOWN']);
    expect(decisionOn('CHOWN', choice)).toMatchObject({
      evidence: 'pinned',
      because: 'pinned in the playbook (playbook.yml:7: upgrade in May)',
    });
    expect(decisionOn('SETUID', choice)?.because).toBe('not in the pin (playbook.yml:7)');
    expect(choice.basis).toMatchObject({ mode: 'pin', confidence: 'weak' });
  });

  test('floor: is kept beside what was seen', () => {
    expect(keptIn(chosen(anUnknown(), SWITCH, says({ floor: ['KILL'] })))).toEqual(['KILL', 'SETGID', 'SETUID']);
  });

  test('never and ceiling: fall where they were only inferred', () => {
    const never = chosen(anUnknown(), {}, says({ never: ['SYS_CHROOT'] }));
    const ceiling = chosen(anUnknown(), {}, says({ ceiling: ['CHOWN', 'SETUID'] }));

    expect(keptIn(never)).not.toContain('SYS_CHROOT');
    expect(decisionOn('SYS_CHROOT', never)?.because).toContain(
      'the playbook forbids it (playbook.yml:7: upgrade in May)',
    );
    expect(keptIn(ceiling)).toEqual(['CHOWN', 'SETUID']);
  });

  test.each([
    ['never', { never: ['SETUID'] }, 'take SETUID off never'],
    ['ceiling', { ceiling: ['SETGID'] }, 'put SETUID on the ceiling'],
  ])('%s: blocks the container where it is seen to be needed, and names both', (rule, different, hint) => {
    expect(choiceOf(anUnknown(), SWITCH, says(different))).toMatchObject({
      ok: false,
      because: `the playbook forbids SETUID (${rule}, playbook.yml:7), and it is needed: gosu used it at start`,
      hint: expect.stringContaining(hint),
    });
  });

  test('never and ceiling: each capability that is needed has its own reason', () => {
    const uses = { observations: [aWatch({ uses: [aUse('SETUID'), aUse('SETGID', { program: 'su' })] })] };

    expect(choiceOf(anUnknown(), uses, says({ ceiling: [] }))).toMatchObject({
      because:
        'the playbook forbids SETGID, SETUID (ceiling, playbook.yml:7), and they are needed: SETGID (su used it at start), SETUID (gosu used it at start)',
    });
  });

  test.each([
    ['a pin', { mode: 'pin', add: ['SYS_TIME'] }, 'pins SYS_TIME', 'the pin'],
    ['a floor', { floor: ['SYS_TIME'] }, 'always keeps SYS_TIME as a floor', 'the floor'],
  ] as const)('%s beyond what it holds today blocks the container by its own name', (_what, different, words, from) => {
    expect(choiceOf(anUnknown(), SWITCH, says(different))).toMatchObject({
      ok: false,
      because: `the playbook ${words} (playbook.yml:7), which it does not hold today`,
      hint: `take it off ${from}; if it is to get that power, name it under allow_add: [SYS_TIME]`,
    });
  });

  test('gets it where it is allowed by name, and nothing more', () => {
    const choice = chosen(
      anUnknown(),
      {},
      says({ mode: 'pin', add: ['SYS_TIME'], allowAdd: ['SYS_TIME', 'SYS_ADMIN'] }),
    );

    expect(keptIn(choice)).toEqual(['SYS_TIME']);
    expect(decisionOn('SYS_ADMIN', choice)).toBeUndefined();
  });

  test('counts through its last day, and is told of once it ended', () => {
    const settings = says({ mode: 'pin', add: ['CHOWN'], expires: '2026-11-22' });
    const over = says({ mode: 'pin', add: ['CHOWN'], expires: '2026-11-21' });

    expect(keptIn(chosen(anUnknown(), SWITCH, settings))).toEqual(['CHOWN']);
    expect(keptIn(chosen(anUnknown(), SWITCH, over))).toEqual(['SETGID', 'SETUID']);
    expect(chosen(anUnknown(), SWITCH, over).warnings).toEqual([
      'what the playbook says of the capabilities of web (playbook.yml:7) ended on 2026-11-21; evidence decides now',
    ]);
  });

  test.each([
    ['another name', { match: { container: 'db-*' } }],
    ['another image', { match: { container: 'web', image: 'nginx:*' } }],
  ])('does not count for %s', (_what, different) => {
    expect(keptIn(chosen(anUnknown(), SWITCH, says({ ...different, mode: 'pin', add: [] })))).toHaveLength(2);
  });

  test('may choose a mode of its own', () => {
    expect(keptIn(chosen(anUnknown(), SWITCH, says({ mode: 'cautious' })))).toContain('FOWNER');
  });
});

describe('a container that holds only what it needs', () => {
  const restricted = container('web', {
    Config: { Image: 'acme/vpn:3' },
    HostConfig: { CapDrop: ['ALL'], CapAdd: ['NET_ADMIN'] },
  });

  test('is left alone, and the plan says how to accept that', () => {
    const choice = chosen(restricted, { observations: [aWatch({ uses: [aUse('NET_ADMIN')] })] });

    expect(choice.edits).toEqual([]);
    expect(choice.idle).toEqual({
      because: 'it holds only what it needs: NET_ADMIN (gosu used it at start)',
      hint: expect.stringContaining('"container:web": [NET_ADMIN]'),
    });
  });
});

describe('a privileged container', () => {
  const privileged = anUnknown({ HostConfig: { Privileged: true } });
  const whole = { observations: [aWatch({ uses: [aUse('NET_ADMIN'), aUse('SETUID')] })] };

  test('stays so, and the plan tells the line that would change it once it was watched', () => {
    expect(choiceOf(privileged)).toMatchObject({
      ok: false,
      hint: expect.stringContaining('enforce observe web --start'),
    });
    expect(choiceOf(privileged, whole)).toMatchObject({
      ok: false,
      hint: expect.stringContaining(
        '{match: {container: web}, mode: pin, add: [NET_ADMIN, SETUID], unprivileged: true, reason: …}',
      ),
    });
  });

  test.each([
    ['by a pin', {}, { mode: 'pin', add: ['NET_ADMIN'] }, ['NET_ADMIN']],
    ['by what was seen', whole, { mode: 'auto' }, ['NET_ADMIN', 'SETUID']],
  ] as const)(
    'becomes an ordinary one %s, where a person says it needs nothing else',
    (_by, learned, different, kept) => {
      const choice = chosen(privileged, learned, says({ ...different, isUnprivileged: true }));

      expect(choice.edits).toEqual([
        { path: 'HostConfig.Privileged', before: true, after: false },
        { path: 'HostConfig.CapDrop', before: null, after: ['ALL'] },
        { path: 'HostConfig.CapAdd', before: null, after: kept },
      ]);
    },
  );

  test.each([
    ['without a watch and without a pin', {}, { mode: 'auto', isUnprivileged: true }],
    ['by a pin that does not say so', {}, { mode: 'pin', add: ['CHOWN'] }],
    [
      'where it was seen to mount',
      { observations: [aWatch({ uses: [aUse('SYS_ADMIN', { program: 'mount' })] })] },
      { mode: 'auto', isUnprivileged: true },
    ],
    ['where its pin has what opens devices', {}, { mode: 'pin', add: ['SYS_RAWIO'], isUnprivileged: true }],
  ] as const)('does not %s', (_why, learned, different) => {
    expect(choiceOf(privileged, learned, says(different))).toMatchObject({ ok: false });
  });
});

test('a privileged container of a compose project stays so, as its change could not be taken back', () => {
  const Labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
  const web = anUnknown({
    Config: { Image: 'acme/shop:3', Labels },
    HostConfig: { Privileged: true },
    details: seen(),
  });
  const settings = someCapabilitySettings(says({ mode: 'pin', add: ['CHOWN'], isUnprivileged: true }));
  const playbook = aPlaybook({ rules: { 'linux-capabilities': settings } });

  expect(changeOf('web', snapshot([web]), { playbook })).toMatchObject({
    action: 'blocked',
    blocked: { because: expect.stringContaining('belongs to a compose project') },
  });
});
