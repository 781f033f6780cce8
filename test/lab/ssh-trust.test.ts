import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { describeReal } from '../support/real-engine.ts';
import { withRealSsh } from '../support/real-ssh.ts';
import { startAgent } from '../support/ssh-agent.ts';
import type { RealSshd } from '../support/ssh-daemon.ts';
import { describeEachTransport } from '../support/ssh-transports.ts';

describeReal('a real sshd is known', () => {
  describeEachTransport((transport) => {
    const { startSshd, open } = withRealSsh(transport);
    const way = `${transport}, forwarded socket`;

    test('by a hashed name with its port', async () => {
      const sshd = await startSshd();
      execFileSync('ssh-keygen', ['-q', '-H', '-f', `${sshd.homeFolder}/.ssh/known_hosts`], { stdio: 'ignore' });

      const connection = await open(sshd);

      expect(readFileSync(`${sshd.homeFolder}/.ssh/known_hosts`, 'utf8')).toMatch(/^\|1\|/);
      expect(connection.way).toBe(way);
    });

    test('and refused once its key is revoked', async () => {
      const sshd = await startSshd();
      const key = readFileSync(`${sshd.homeFolder}/.ssh/host.pub`, 'utf8');
      sshd.write('known_hosts', `[127.0.0.1]:${sshd.port} ${key}@revoked * ${key}`);

      await expect(open(sshd)).rejects.toMatchObject({
        code: 'host-key',
        message: expect.stringContaining('is revoked'),
      });
    });

    test('by its alias, as its part of the configuration says: Include, Match, HostName, User, Port, keys and hosts', async () => {
      const sshd = await startSshd();
      const folder = `${sshd.homeFolder}/.ssh`;
      const key = readFileSync(`${folder}/host.pub`, 'utf8');
      execFileSync('mv', [`${folder}/id_ed25519`, `${folder}/fleet_key`]);
      sshd.write('known_hosts', '');
      sshd.write('fleet_hosts', `shop.example.com ${key}`);
      sshd.write(
        'fleet',
        `Match originalhost web-* exec "test %n = web-1"\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  HostKeyAlias shop.example.com\n`,
      );
      sshd.write(
        'config',
        `Include ${folder}/fleet\nHost web-*\n  User root\n  IdentityFile ${folder}/fleet_key\n  IdentitiesOnly yes\n  UserKnownHostsFile ${folder}/fleet_hosts\n`,
      );

      const connection = await open({ ...sshd, port: 22 }, { hostName: 'web-1', ...noUser, ...noPort });

      expect(connection.way).toBe(way);
    });

    test('behind two jump hosts, each with a key of its own', async () => {
      const [outer, inner, host] = [await startSshd(), await startSshd(), await startSshd()];
      chain(host, outer, inner);

      const connection = await open(host, { hostName: 'web-1', ...noUser, ...noPort });

      expect(connection.way).toBe(way);
    });

    test('behind two jump hosts, and refused when the second is not known, which is named', async () => {
      const [outer, inner, host] = [await startSshd(), await startSshd(), await startSshd()];
      chain(host, outer, inner);
      const known = readFileSync(`${host.homeFolder}/.ssh/known_hosts`, 'utf8');
      host.write('known_hosts', known.replace(new RegExp(`.*:${inner.port} .*\n`), ''));

      await expect(open(host, { hostName: 'web-1', ...noUser, ...noPort })).rejects.toMatchObject({
        code: 'host-key',
        message: expect.stringContaining(`:${inner.port} is not known`),
      });
    });

    test('and lets an encrypted key in that an agent holds, the one that the configuration names', async () => {
      const sshd = await startSshd();
      const encrypted = sshd.makeKey('encrypted', 'open sesame');
      const others = Array.from({ length: 7 }, (_, index) => sshd.makeKey(`other-${index}`));
      sshd.authorize(encrypted);
      const agent = await startAgent(sshd.homeFolder);
      for (const other of others) agent.add(other);
      agent.add(encrypted, 'open sesame');
      sshd.write(
        'config',
        `IdentityAgent ${agent.socketPath}\nIdentitiesOnly yes\nIdentityFile ${encrypted}\nUserKnownHostsFile ${sshd.homeFolder}/.ssh/known_hosts\n`,
      );

      const connection = await open(sshd);
      agent.close();

      expect(connection.way).toBe(way);
    });

    test('and a key that changes between two connections is refused on the second', async () => {
      const sshd = await startSshd();
      await open(sshd);
      await sshd.reload(`HostKey ${sshd.makeKey('another-host')}`);

      await expect(open(sshd)).rejects.toMatchObject({
        code: 'host-key',
        message: expect.stringContaining('is not the one'),
      });
    });

    test('by the certificate of an authority where the client can verify it, else with the way that can', async () => {
      const sshd = await startSshd();
      const authority = sshd.makeKey('authority');
      const host = sshd.makeKey('certified');
      sshd.sign(authority, host, '-h', '-n', '127.0.0.1');
      await sshd.reload(`HostKey ${host}`, `HostCertificate ${host}-cert.pub`);
      sshd.write('known_hosts', `@cert-authority [127.0.0.1]:${sshd.port} ${readFileSync(`${authority}.pub`, 'utf8')}`);

      const opening = open(sshd).then(({ way: by }) => by);

      await (transport === 'openssh'
        ? expect(opening).resolves.toBe(way)
        : expect(opening).rejects.toMatchObject({
            code: 'host-key',
            hint: expect.stringContaining('transport: openssh'),
          }));
    });

    test('and lets the certificate of a user in where the client can show it, else tells the way that can', async () => {
      const sshd = await startSshd();
      const authority = sshd.makeKey('authority');
      const user = sshd.makeKey('certified');
      sshd.sign(authority, user, '-n', 'root');
      sshd.write('authorized_keys', '');
      await sshd.reload(`TrustedUserCAKeys ${authority}.pub`);

      const opening = open(sshd, { identityFile: user }).then(({ way: by }) => by);

      await (transport === 'openssh'
        ? expect(opening).resolves.toBe(way)
        : expect(opening).rejects.toMatchObject({
            code: 'authentication',
            message: expect.stringContaining(`${user}-cert.pub (a certificate)`),
            hint: expect.stringContaining('transport: openssh'),
          }));
    });

    const noUser = { user: undefined } as unknown as { user: string };
    const noPort = { port: undefined } as unknown as { port: number };
  });
});

/** Makes the person of the last one reach it as web-1 through the others, which let the same key in. */
function chain(host: RealSshd, ...jumps: readonly RealSshd[]): void {
  const folder = `${host.homeFolder}/.ssh`;
  for (const jump of jumps) jump.authorize(`${folder}/id_ed25519`);
  const all = [...jumps, host];
  host.write(
    'known_hosts',
    all
      .map(({ port, homeFolder }) => `[127.0.0.1]:${port} ${readFileSync(`${homeFolder}/.ssh/host.pub`, 'utf8')}`)
      .join(''),
  );
  const blocks = all.map(({ port }, index) => {
    const isLast = index === all.length - 1;
    const through = isLast ? `  ProxyJump ${jumps.map((_, jump) => `jump-${jump}`).join(',')}\n` : '';
    return `Host ${isLast ? 'web-1' : `jump-${index}`}\n  HostName 127.0.0.1\n  Port ${port}\n${through}`;
  });
  const common = `Host *\n  User root\n  IdentityFile ${folder}/id_ed25519\n  UserKnownHostsFile ${folder}/known_hosts\n`;
  host.write('config', `${blocks.join('')}${common}`);
}
