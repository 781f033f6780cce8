import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a program wrote, in the shapes that come back wrong when something is left out. */
export const WRITE = [
  'mkdir -p /srv/app/deep /www/sub',
  'echo note > /srv/app/note; chown 33:44 /srv/app/note; chmod 640 /srv/app/note',
  'touch -d "2020-02-02 02:02:02" /srv/app/note; ln /srv/app/note /srv/app/deep/same',
  'ln -s ../note /srv/app/deep/link; chown -h 33 /srv/app/deep/link; echo hidden > /srv/app/.hidden',
  'echo x > "/srv/app/$(printf "two\\nlines")"; echo y > "/srv/app/$(printf "b\\377d")"; echo ü > /srv/app/ünï',
  `mkdir -p /srv/app/${'long/'.repeat(50)}; echo far > /srv/app/${'long/'.repeat(50)}end`,
  'mkfifo /srv/app/pipe; chown 3000000:4000000 /srv/app/pipe; mknod /srv/app/device c 7 8',
  'cp /bin/busybox /srv/app/setuid; chmod 4755 /srv/app/setuid',
  'dd if=/dev/urandom of=/srv/app/big bs=1M count=9 2>/dev/null; truncate -s 20M /srv/app/sparse',
  'echo new > /www/sub/page; echo changed > /etc/passwd; chmod 700 /www; chown 33 /srv/above 2>/dev/null',
  'echo scratch > /tmp/scratch; touch -d "2021-01-01 01:01:01" /srv/app/deep',
].join('; ');

const WRITTEN = 'find /srv /www /etc/passwd /tmp -xdev';

/** All that can be seen of it from inside: kind, owner, mode, device, time, content, links. */
export const LOOK = [
  `${WRITTEN} -exec stat -c "%F %t:%T %a %u:%g %n" {} + | sort`,
  `${WRITTEN} -type f -exec stat -c "%Y %h %s %n" {} + | sort`,
  `${WRITTEN} -type f -exec md5sum {} + | sort`,
  'readlink /srv/app/deep/link; stat -c %Y /srv/app/deep',
].join('; ');

const execute = promisify(execFile);

/** An archive with a program that has capabilities of its own; one of them has a byte that is no text. */
export async function capableArchive(): Promise<Buffer> {
  return await inFolder(async (folder) => {
    await copyFile('/bin/true', join(folder, 'tool'));
    await execute('setcap', ['cap_setuid,cap_net_bind_service+ep', join(folder, 'tool')]);
    const attributes = ['--xattrs', '--xattrs-include=security.capability', '--format=posix'];
    const { stdout } = await execute(
      'tar',
      [...attributes, '-C', folder, '--transform=s,^,srv/,', '-cf', '-', 'tool'],
      {
        encoding: 'buffer',
      },
    );
    return stdout;
  });
}

/** An archive with one secret, as compose puts it into a container that it has just created. */
export async function secretArchive(secret: string): Promise<Buffer> {
  return await inFolder(async (folder) => {
    const script =
      'mkdir -p run/secrets; printf %s "$0" > run/secrets/token; chmod 400 run/secrets/token; tar --owner=33 --group=33 -cf - run/secrets/token';
    const { stdout } = await execute('sh', ['-c', script, secret], { cwd: folder, encoding: 'buffer' });
    return stdout;
  });
}

async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'enforce-carry-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
