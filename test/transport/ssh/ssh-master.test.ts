import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { controlFolder } from '../../../src/transport/ssh/control-folder.ts';
import { MASTER_SCRIPT } from '../../../src/transport/ssh/master-script.ts';
import { hasOpenSsh } from '../../support/ssh-binary.ts';
import { ask, startLab, type Lab } from '../../support/ssh-fleet.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab('openssh');
});

afterEach(() => lab.close());

const base = (): string => join(lab.engine.folder, `enforce-ssh-${process.getuid?.() ?? 0}`);
const mode = (path: string): number => statSync(path).mode & 0o777;

(hasOpenSsh ? describe : describe.skip)('a master', () => {
  test('has its control socket in a folder for the person alone, and both are gone when the connection is closed', async () => {
    const connection = await lab.open();
    const folders = readdirSync(base()).map((name) => join(base(), name));
    const modes = [base(), ...folders].map(mode);
    await connection.close();

    expect(folders).toHaveLength(1);
    expect(modes).toEqual([0o700, 0o700]);
    expect(readdirSync(base())).toEqual([]);
  });

  test('is the only one of its host, however much is asked over it', async () => {
    const connection = await lab.open();
    await Promise.all(Array.from({ length: 12 }, (_, index) => ask(connection, `/${index}`)));
    await connection.runScript?.('id', { deadlineMilliseconds: 10_000, maximumBytes: 100 });

    expect(readdirSync(base())).toHaveLength(1);
    expect(lab.ssh.seen.connections).toBe(1);
  });

  test('ends, and leaves nothing, when the process that started it is killed', async () => {
    const closed = once(lab.ssh.disconnected, 'close');
    const owner = await ownerOfMaster();
    owner.kill('SIGKILL');
    await closed;
    await once(owner, 'close');

    expect(readdirSync(base())).toEqual([]);
  });

  test('whose script was killed too is ended, and its folder removed, by the next one', async () => {
    const closed = once(lab.ssh.disconnected, 'close');
    const owner = await ownerOfMaster();
    const [left = ''] = readdirSync(base());
    const watcher = execFileSync('pgrep', ['-P', left, '-x', 'sh'], { encoding: 'utf8' });
    const isGone = once(owner.stdout, 'data');
    for (const pid of [Number(watcher), Number(left)]) process.kill(pid, 'SIGKILL');
    await isGone;
    owner.kill('SIGKILL');
    const [master] = lab.ssh.clients;

    const connection = await lab.open();
    await closed;

    expect(lab.ssh.clients).not.toContain(master);
    expect(existsSync(join(base(), left))).toBe(false);
    expect(await ask(connection, '/still')).toBe('{}');
  });

  test.each([
    ['a link to elsewhere', (path: string) => symlinkSync(lab.engine.folder, path)],
    ['a file', (path: string) => writeFileSync(path, '')],
    [
      'a folder that others may enter',
      (path: string) => {
        mkdirSync(path);
        chmodSync(path, 0o755);
      },
    ],
  ])('is not started where the folder for its sockets is %s', async (_what, make) => {
    make(base());

    const failure = await lab.failure();

    expect(failure).toMatchObject({ code: 'bad-connection-settings', hint: expect.stringContaining('remove it') });
    expect(lab.ssh.seen.connections).toBe(0);
  });

  test('cannot be without the ssh command, which is told', async () => {
    const failure = await lab.failure(lab.host, { openSshPath: '/nowhere/ssh' });

    expect(failure).toMatchObject({
      code: 'bad-connection-settings',
      message: expect.stringContaining('no ssh command'),
    });
  });

  test('asks nobody for anything: a passphrase is as good as no key', async () => {
    lab.homeFile('config', 'Host *\n  PasswordAuthentication yes\n  NumberOfPasswordPrompts 3\n  BatchMode no\n');
    lab.ssh.behaviour.authorizedKey = '';

    const failure = await lab.failure();

    expect(failure).toMatchObject({ code: 'authentication', message: expect.stringContaining('it accepts publickey') });
  });

  /** Another process with a master of its own, as a run of enforce that is about to be killed. */
  async function ownerOfMaster(): Promise<ChildProcessByStdio<null, Readable, null>> {
    const folder = await controlFolder(lab.engine.folder);
    const argv = [
      ...['-F', 'none', '-N', '-T', '-p', String(lab.ssh.port), '-l', 'deploy'],
      ...[
        'BatchMode=yes',
        'ControlMaster=yes',
        'PermitLocalCommand=yes',
        'LocalCommand=echo ready',
        `UserKnownHostsFile=${join(lab.settings.homeFolder, '.ssh', 'known_hosts')}`,
        `IdentityFile=${join(lab.settings.homeFolder, '.ssh', 'id_ed25519')}`,
      ].flatMap((word) => ['-o', word]),
      ...['--', '127.0.0.1'],
    ];
    const program =
      "const [script, ...argv] = process.argv.slice(1); require('node:child_process').spawn('sh', ['-c', script, 'sh', ...argv], { stdio: ['pipe', 'inherit', 'ignore'], detached: true }).on('exit', () => console.log('gone'))";
    const owner = spawn(process.execPath, ['-e', program, MASTER_SCRIPT, folder, 'ssh', ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    return owner;
  }
});
