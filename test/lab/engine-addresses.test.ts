import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadInventory } from '../../src/load/inventory.ts';
import type { Surroundings } from '../../src/load/surroundings.ts';
import { openConnection } from '../../src/transport/connect.ts';
import { startOwnEngine, startRootlessEngine, type OwnEngine } from '../support/own-engine.ts';
import { describeReal } from '../support/real-engine.ts';
import { withRealSsh } from '../support/real-ssh.ts';
import { ask, settingsFor } from '../support/ssh-fleet.ts';
import { describeEachTransport } from '../support/ssh-transports.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'tls');

describeReal('a real engine', () => {
  describe('on a port with TLS', () => {
    let engine: OwnEngine;
    let port: number;

    beforeAll(async () => {
      port = await freePort();
      const certificates = ['--tlscacert', 'ca', '--tlscert', 'engine-cert', '--tlskey', 'engine-key'].map((word) =>
        word.startsWith('--') ? word : join(fixtures, `${word}.pem`),
      );
      engine = await startOwnEngine('-H', `tcp://127.0.0.1:${port}`, '--tlsverify', ...certificates);
    }, 60_000);
    afterAll(() => engine.close());

    test('is reached with the certificates that its owner gave', async () => {
      const way = await reach([`tcp://127.0.0.1:${port}`], { DOCKER_CERT_PATH: folderOf('mine', 'client') });

      expect(way).toBe('tls, "ApiVersion"');
    });

    test('is reached by the context that docker made of them, named or current', async () => {
      const mine = folderOf('context', 'client');
      const environment = { DOCKER_CONFIG: join(engine.folder, 'docker') };
      const address = `host=tcp://127.0.0.1:${port},ca=${mine}/ca.pem,cert=${mine}/cert.pem,key=${mine}/key.pem`;
      docker(environment, 'context', 'create', 'edge', '--docker', address);

      const named = await reach(['context:edge'], environment);
      docker(environment, 'context', 'use', 'edge');
      const current = await reach([], environment);

      expect([named, current]).toEqual(['tls, "ApiVersion"', 'tls, "ApiVersion"']);
    });

    test('is refused by a name that its certificate does not have, with the names it has', async () => {
      const reaching = reach([`tcp://localhost:${port}`], { DOCKER_CERT_PATH: folderOf('name', 'client') });

      await expect(reaching).rejects.toMatchObject({ code: 'host-key', message: expect.stringContaining('127.0.0.1') });
    });

    test('is refused when another authority vouches for it', async () => {
      const reaching = reach([`tcp://127.0.0.1:${port}`], {
        DOCKER_CERT_PATH: folderOf('authority', 'client', 'other-ca'),
      });

      await expect(reaching).rejects.toMatchObject({ code: 'host-key' });
    });

    test('lets nobody in with a certificate of another authority, which is told', async () => {
      const reaching = reach([`tcp://127.0.0.1:${port}`], { DOCKER_CERT_PATH: folderOf('stranger', 'stranger') });

      await expect(reaching).rejects.toMatchObject({ hint: expect.stringContaining('cert.pem') });
    });

    /** How the one host of these sources is reached. */
    async function reach(sources: readonly string[], environment: Surroundings['environment']): Promise<string> {
      const surroundings = { environment, homeFolder: engine.folder, workingFolder: engine.folder };
      const { hosts } = await loadInventory(sources, surroundings);
      const [host] = hosts;
      if (host === undefined || hosts.length > 1) throw new Error('expected one host');
      const connection = await openConnection(host, settingsFor(engine.folder));
      const answer = await ask(connection, '/version');
      await connection.close();
      return `${connection.way}, ${/"ApiVersion"/.exec(answer)?.[0] ?? answer}`;
    }

    function folderOf(name: string, client: string, authority = 'ca'): string {
      const folder = join(engine.folder, name);
      mkdirSync(folder);
      cpSync(join(fixtures, `${authority}.pem`), join(folder, 'ca.pem'));
      for (const what of ['cert', 'key']) cpSync(join(fixtures, `${client}-${what}.pem`), join(folder, `${what}.pem`));
      return folder;
    }
  });

  describe('without root', () => {
    const user = 'enforce-rootless';
    let engine: OwnEngine;

    beforeAll(async () => {
      for (const name of [user, `${user}-2`]) {
        execFileSync('useradd', ['-M', '-N', '-p', '*', '-s', '/bin/sh', name]);
      }
      const id = (what: string): number => Number(execFileSync('id', [what, user], { encoding: 'utf8' }));
      engine = await startRootlessEngine({ uid: id('-u'), gid: id('-g') });
    }, 60_000);
    afterAll(async () => {
      for (const name of [user, `${user}-2`]) execFileSync('userdel', ['-f', name], { stdio: 'ignore' });
      await engine.close();
    });

    test('is reached on its own socket', async () => {
      const address = { kind: 'unix', path: join(engine.folder, 'docker.sock') } as const;

      const connection = await openConnection({ name: 'web-1', groups: [], address }, settingsFor(engine.folder));
      const answer = await ask(connection, '/info');
      await connection.close();

      expect(answer).toContain('name=rootless');
    });

    describeEachTransport((transport) => {
      const { startSshd, open } = withRealSsh(transport);

      test('is reached as its own user, who is in no group that may', async () => {
        const sshd = await startSshd();

        const connection = await open(sshd, { user, socketPath: join(engine.folder, 'docker.sock') });
        const answer = await ask(connection, '/info');

        expect(connection.way).toBe(`${transport}, forwarded socket`);
        expect(answer).toContain('name=rootless');
      });

      test('is closed to another user, which is told', async () => {
        const sshd = await startSshd();

        const opening = open(sshd, { user: `${user}-2`, socketPath: join(engine.folder, 'docker.sock') });

        await expect(opening).rejects.toMatchObject({ code: 'permission' });
      });
    });
  });
});

function docker(environment: Readonly<Record<string, string>>, ...words: readonly string[]): void {
  execFileSync('docker', words, { env: { PATH: process.env['PATH'], ...environment }, stdio: 'ignore' });
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
