import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startProgram } from '../support/program.ts';
import type { Program } from '../support/program.ts';
import { realEngine } from '../support/real-engine.ts';
import { startSshd, type RealSshd } from '../support/ssh-daemon.ts';
import { buffers, describeTraced, hasBuffer, until } from '../support/traced.ts';

const engine = realEngine('observe-ssh');
const web = `${engine.prefix}web`;
const folder = mkdtempSync(join(tmpdir(), 'enforce-observe-ssh-'));
let sshd: RealSshd;

jest.setTimeout(120_000);

function observe(user: string, ...words: readonly string[]): Program {
  const host = `{ ansible_host: 127.0.0.1, ansible_port: ${sshd.port}, ansible_user: ${user} }`;
  writeFileSync(join(folder, 'hosts.yml'), `all: { hosts: { web-1: ${host} } }\n`);
  return startProgram(['observe', '-i', 'hosts.yml', web, ...words], {
    folder,
    environment: { HOME: sshd.homeFolder, ENFORCE_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' },
  });
}

describeTraced('observing over ssh', () => {
  beforeAll(async () => {
    sshd = await startSshd();
    const image = await engine.busyboxImage();
    await engine.docker('run', '-d', '--init', '--name', web, image, 'sleep', '1000');
  });
  afterAll(async () => {
    await engine.cleanUp();
    await sshd.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('tells what was used, and keeps it', async () => {
    const program = observe('root', '--for', '1h', '--json');
    await program.untilPrinted('is watched');
    await engine.docker('exec', web, 'chown', '1000', '/bin');
    program.child.kill('SIGINT');
    const { exitCode, stdout } = await program.ended;

    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      complete: true,
      observations: [{ host: 'web-1', container: web, uses: [{ capability: 'CHOWN', phase: 'run' }] }],
    });
  });

  test('leaves nothing when enforce is killed', async () => {
    const before = buffers();
    const program = observe('root', '--for', '1h');
    await program.untilPrinted('is watched');
    const made = buffers().filter((name) => !before.includes(name));

    program.child.kill('SIGKILL');
    await program.ended;

    await until(() => !made.some(hasBuffer));
    expect(made.length).toBeGreaterThanOrEqual(2);
  });
});
