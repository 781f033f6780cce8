import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Docker's own client on one engine: `await docker('ps', '-q')` is what it printed. It shares no code with enforce. */
export type Docker = (...words: readonly string[]) => Promise<string>;

/** The client for the engine behind a socket, whatever the environment says of other engines. */
export function dockerAt(socketPath: string): Docker {
  return async (...words) => {
    const { stdout } = await execute('docker', ['-H', `unix://${socketPath}`, ...words], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 120_000,
    });
    return stdout.trimEnd();
  };
}

/** The name of the image that tests run: a busybox with a web server, a `www` user (33) and a file in /data. */
export const BUSYBOX_IMAGE = 'enforce-test/busybox:1';

/**
 * Sees to it that an engine has an image made of this machine's busybox, without a registry. `changes` are Dockerfile
 * lines; without them the image serves /www on port 80.
 */
export async function busyboxImage(
  docker: Docker,
  name: string = BUSYBOX_IMAGE,
  changes: readonly string[] = ['EXPOSE 80', 'CMD ["httpd","-f","-p","80","-h","/www"]'],
): Promise<string> {
  if ((await docker('image', 'ls', '-q', name)) !== '') return name;
  const folder = await mkdtemp(join(tmpdir(), 'enforce-busybox-'));
  try {
    await layOutRoot(join(folder, 'root'));
    const archive = join(folder, 'root.tar');
    const owner = ['--owner=0', '--group=0', '--numeric-owner'];
    await execute('tar', [...owner, '-C', join(folder, 'root'), '-cf', archive, '.']);
    const lines = ['ENV PATH=/bin', ...changes].flatMap((line) => ['-c', line]);
    await docker('import', ...lines, archive, name);
    return name;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const execute = promisify(execFile);

async function layOutRoot(root: string): Promise<void> {
  for (const name of ['bin', 'data', 'dev', 'etc', 'proc', 'sys', 'tmp', 'www']) {
    await mkdir(join(root, name), { recursive: true });
  }
  const { stdout: busybox } = await execute('sh', ['-c', 'command -v busybox']);
  await copyFile(busybox.trim(), join(root, 'bin/busybox'));
  const { stdout: applets } = await execute('busybox', ['--list']);
  for (const applet of applets.split('\n')) {
    // busybox is an applet of itself: a link of that name would replace the program.
    if (applet !== '' && applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet));
  }
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nwww:x:33:33:www:/www:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nwww:x:33:\n');
  await writeFile(join(root, 'data/seed'), 'from the image\n');
  // Anyone may write where the tests write, as users differ from container to container.
  for (const name of ['data', 'tmp', 'www']) await chmod(join(root, name), 0o1777);
}
