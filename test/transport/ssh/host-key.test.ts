import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { testWithOpenSsh } from '../../support/ssh-binary.ts';
import { keys, sshHost, startLab, type Lab } from '../../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});

afterEach(() => lab.close());

describe('the key of the host', () => {
  test('is refused while it is not known, with fingerprint and the line to add', async () => {
    const file = lab.homeFile('known_hosts', '');

    const failure = await lab.failure();

    const parsed = ssh2.utils.parseKey(keys.host.public) as ssh2.ParsedKey;
    const line = `[127.0.0.1]:${lab.ssh.port} ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`;
    expect(failure).toMatchObject({
      code: 'host-key',
      message: expect.stringMatching(/is not known: ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/),
      hint: expect.stringContaining(`then add to ${file}: ${line}`),
    });
    expect(lab.ssh.seen.users).toEqual([]);
  });

  test('is accepted once the line it asked for is added', async () => {
    const file = lab.homeFile('known_hosts', '');
    const failure = (await lab.failure()) as { hint: string };
    writeFileSync(file, failure.hint.slice(failure.hint.indexOf(`${file}: `) + file.length + 2));

    const connection = await lab.open();

    expect(connection.way).toBe('ssh, forwarded socket');
  });

  test('is refused when another one is known, with file and line', async () => {
    const file = lab.homeFile('known_hosts', `# ours\n[127.0.0.1]:${lab.ssh.port} ${keys.otherHost.public}\n`);

    const failure = await lab.failure();

    expect(failure).toMatchObject({ code: 'host-key', message: expect.stringContaining(`not the one in ${file}:2`) });
  });

  test('is refused when it is revoked, though it is known too', async () => {
    const name = `[127.0.0.1]:${lab.ssh.port}`;
    const file = lab.homeFile('known_hosts', `${name} ${keys.host.public}\n@revoked * ${keys.host.public}\n`);

    const failure = await lab.failure();

    expect(failure).toMatchObject({ code: 'host-key', message: expect.stringContaining(`revoked by ${file}:2`) });
  });

  testWithOpenSsh.each(['no', 'off', 'accept-new'])(
    'is refused whatever StrictHostKeyChecking %s says',
    async (word) => {
      lab.homeFile('known_hosts', '');
      lab.homeFile('config', `Host *\n  StrictHostKeyChecking ${word}\n`);

      const failure = await lab.failure();

      expect(failure).toMatchObject({ code: 'host-key', hint: expect.stringContaining('is not followed') });
    },
  );

  test('of the known type is asked for when the host has several', async () => {
    const several = await lab.another([keys.host.private, keys.hostEcdsa.private]);
    lab.homeFile('known_hosts', `[127.0.0.1]:${several.port} ${keys.hostEcdsa.public}\n`);

    await lab.open(sshHost({ port: several.port }));

    expect(several.seen.connections).toBe(2);
  });

  test('of a new type is refused when the host has none of the known type any more', async () => {
    lab.homeFile('known_hosts', `[127.0.0.1]:${lab.ssh.port} ${keys.hostEcdsa.public}\n`);

    const failure = await lab.failure();

    expect(failure).toMatchObject({
      code: 'host-key',
      message: expect.stringContaining('known by another type of key'),
    });
  });

  testWithOpenSsh('is looked up under HostKeyAlias', async () => {
    lab.homeFile('config', 'Host 127.0.0.1\n  HostKeyAlias web-1.example.com\n');
    lab.homeFile('known_hosts', `web-1.example.com ${keys.host.public}\n`);

    await lab.open();

    expect(lab.ssh.seen.users).toEqual(['deploy']);
  });
});
