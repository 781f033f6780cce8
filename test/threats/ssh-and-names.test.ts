import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Connection } from 'ssh2';
import { EnforceError } from '../../src/model/errors.ts';
import { ask, sshHost, startLab, type Lab } from '../support/ssh-fleet.ts';
import { inventoryOf } from '../support/inventory-of.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

describe('T3, a host that opens channels back to the one who logged in', () => {
  test.each<[string, (client: Connection) => Promise<unknown>]>([
    ['to a display', (client) => opened((done) => client.x11('127.0.0.1', 6000, done))],
    ['to a port here', (client) => opened((done) => client.forwardOut('127.0.0.1', 22, '127.0.0.1', 9, done))],
    [
      'to a socket here',
      (client) => opened((done) => client.openssh_forwardOutStreamLocal('/var/run/docker.sock', done)),
    ],
    ['to the agent', agentChannel],
  ])('%s is refused, and goes on being served', async (_what, open) => {
    const connection = await lab.open(lab.host, { sshAgentSocket: `${lab.engine.folder}/docker.sock` });
    const [client] = lab.ssh.clients;
    if (!client) throw new Error('nobody is logged in');

    const outcome = await open(client);

    expect(outcome).toEqual(expect.stringMatching(/Channel open failure/));
    expect(await ask(connection, '/info')).toBe('{}');
  });
});

describe('T5, a name that would be an option or a command', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '-oProxyCommand=touch /tmp/evil',
      '--',
      '-F/etc/passwd',
      '$(reboot)',
      '`id`',
      'a;b',
      'a b',
      'a\nb',
      "a'b",
      'a"b',
      'a|b',
    ),
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
  );
  const safe = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$|^[0-9a-f:]+$/i;

  test('is refused by the inventory, in whichever field it stands, or is a plain name', async () => {
    await fc.assert(
      fc.asyncProperty(
        hostile,
        fc.constantFrom('host', 'ansible_host', 'ansible_user', 'docker', 'user'),
        async (text, field) => {
          const inventory = await inventoryOf(inventoryWith(field, text)).catch((error: unknown) => error);

          if (inventory instanceof EnforceError) return;
          const { hosts } = inventory as Awaited<ReturnType<typeof inventoryOf>>;
          for (const { address } of hosts) {
            if (address.kind !== 'ssh') continue;
            expect(address.hostName).toMatch(safe);
            expect(address.user ?? 'none').toMatch(safe);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('reaches the ssh client only as one plain word after the end of its options, even where no inventory stood before it', async () => {
    const openSshPath = join(lab.engine.folder, 'ssh');
    const argv = join(lab.engine.folder, 'argv');
    writeFileSync(openSshPath, `#!/bin/sh\nprintf '%s\\0' "$@" > ${argv}\n`);
    chmodSync(openSshPath, 0o755);

    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, fc.constantFrom('web-1', 'localhost')), async (hostName) => {
        rmSync(argv, { force: true });

        const failure = await lab.failure(sshHost({ hostName, user: hostName, port: 1 }), { openSshPath });

        if (!existsSync(argv)) {
          expect(failure.code).toBe('bad-connection-settings');
          return;
        }
        expect(hostName).toMatch(safe);
        const words = readFileSync(argv, 'utf8').split('\0').slice(0, -1);
        expect(words.slice(-6)).toEqual(['-l', hostName, '-p', '1', '--', hostName]);
      }),
      { numRuns: 20 },
    );
    expect(existsSync('/tmp/evil')).toBe(false);
  });
});

function inventoryWith(field: string, text: string): string {
  const quoted = JSON.stringify(text);
  switch (field) {
    case 'host':
      return `all: { hosts: { ${quoted}: {} } }\n`;
    case 'docker':
      return `all: { hosts: { web-1: { docker: ${JSON.stringify(`ssh://${text}`)} } } }\n`;
    case 'user':
      return `all: { hosts: { web-1: { docker: ${JSON.stringify(`ssh://${text}@web-1`)} } } }\n`;
    default:
      return `all: { hosts: { web-1: { ${field}: ${quoted} } } }\n`;
  }
}

function opened(open: (done: (error: Error | undefined) => void) => unknown): Promise<string> {
  return new Promise((resolve) => open((error) => resolve(error === undefined ? 'opened' : error.message)));
}

/** ssh2's own server does not open such a channel, so its insides are asked to. */
function agentChannel(client: Connection): Promise<string> {
  const { _chanMgr, _protocol } = client as unknown as {
    _chanMgr: { add: (done: object) => number };
    _protocol: { openssh_authAgent: (channel: number, window: number, packet: number) => void };
  };
  return opened((done) => {
    const answered = Object.assign(done, { type: 'auth-agent@openssh.com' });
    _protocol.openssh_authAgent(_chanMgr.add(answered), 2 ** 20, 2 ** 15);
  });
}
