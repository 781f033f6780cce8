import { describe, expect, test } from '@jest/globals';
import type { MadeFile } from '../../src/model/runtime.ts';
import { aPlainProcess, aRuntime } from '../support/a-runtime.ts';
import { anUnknown, aUse, aWatch, chosen, decisionOn, keptIn } from '../support/watched.ts';

const SWITCH = [aUse('SETUID', { call: 'setuid' }), aUse('SETGID', { call: 'setgroups' })];

describe('what a start gave to its user in the layer of a container', () => {
  test('asks for CHOWN in a new one, though its second start was watched and did not', () => {
    const choice = chosenWith({});

    expect(keptIn(choice)).toEqual(['CHOWN', 'SETGID', 'SETUID']);
    expect(decisionOn('CHOWN', choice)).toMatchObject({
      evidence: 'latent',
      because: 'its start made /run/chrony and gave it to user 102; a new container starts without it',
    });
  });

  test.each<readonly [string, Partial<MadeFile['folder']> & { readonly user?: string }]>([
    ['its user owns the folder', { ownerId: 102 }],
    ['everybody may write there', { mode: 0o1777 }],
    ['its user may be in the group that may write there', { groupId: 5, mode: 0o775 }],
    ['the container does not start as root', { user: '102' }],
  ])('asks for nothing where %s', (_why, different) => {
    expect(keptIn(chosenWith(different))).not.toContain('CHOWN');
  });

  test('asks for it where only the group of root may write', () => {
    expect(keptIn(chosenWith({ mode: 0o775 }))).toContain('CHOWN');
  });
});

describe('a program that is found by name and demands a capability by its file', () => {
  const ping = {
    path: '/usr/bin/ping',
    isUsed: false,
    isSetuidRoot: false,
    capabilities: { permitted: ['NET_RAW'], inheritable: [], isEffective: true },
  };
  const withPing = (user: string) =>
    anUnknown(
      { Config: { User: user } },
      aRuntime({ poweredFiles: [ping], processes: [aPlainProcess('httpd', 33, { hasNoNewPrivileges: true })] }),
    );

  test.each(['', '33'])('keeps it though nobody saw it run, for the user %j', (user) => {
    expect(keptIn(chosen(withPing(user)))).toContain('NET_RAW');
  });

  test('keeps it for certain when it was started while it was watched, though it never used it', () => {
    const choice = chosen(withPing(''), { observations: [aWatch({ programs: ['httpd', 'ping'] })] });

    expect(decisionOn('NET_RAW', choice)).toMatchObject({
      verdict: 'keep',
      evidence: 'exec',
      because: 'ping was started while it was watched; without it /usr/bin/ping would not start: its file demands it',
    });
  });

  test('does not keep it when all was watched and it never ran', () => {
    const choice = chosen(withPing(''), { observations: [aWatch({ programs: ['httpd'] })] });

    expect(keptIn(choice)).not.toContain('NET_RAW');
  });

  test('keeps it when the watch did not write down what ran', () => {
    expect(keptIn(chosen(withPing(''), { observations: [aWatch()] }))).toContain('NET_RAW');
  });
});

function chosenWith({ user = '', ...folder }: Partial<MadeFile['folder']> & { readonly user?: string }) {
  const within = { ownerId: 0, groupId: 0, mode: 0o755, ...folder };
  const madeFiles = [
    { path: '/run/chronyd.pid', ownerId: 0, folder: within },
    { path: '/run/chrony', ownerId: 102, folder: within },
  ];
  const container = anUnknown({ Config: { User: user } }, aRuntime({ madeFiles }));
  return chosen(container, { observations: [aWatch({ uses: SWITCH, ranBefore: true })] });
}
