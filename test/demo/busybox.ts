import { readFile } from 'node:fs/promises';
import { callEngine } from '../support/call-engine.ts';
import { NotPossible } from './setting.ts';
import type { TarEntry } from './tar.ts';
import { tar } from './tar.ts';

/** Makes the demo's image from this machine's own busybox, so that no registry is needed. */
export async function buildImage(socketPath: string, name: string): Promise<void> {
  const [repo = '', tag = ''] = name.split(':');
  const changes = ['ENV PATH=/bin', 'EXPOSE 80', 'VOLUME /data', 'CMD ["httpd","-f","-p","80","-h","/www"]'];
  const query = new URLSearchParams([
    ['fromSrc', '-'],
    ['repo', repo],
    ['tag', tag],
    ...changes.map((change): [string, string] => ['changes', change]),
  ]);
  const { status, body } = await callEngine(
    socketPath,
    'POST',
    `/images/create?${query.toString()}`,
    tar(await root()),
  );
  if (status !== 200) throw new NotPossible(`The engine does not take the demo's image: ${JSON.stringify(body)}`);
}

async function root(): Promise<readonly TarEntry[]> {
  const folders = ['bin', 'data', 'dev', 'etc', 'proc', 'sys', 'tmp', 'www'];
  const links = ['httpd', 'mknod', 'sh'];
  return [
    ...folders.map((path): TarEntry => ({ path: `${path}/`, mode: 0o755, content: 'folder' })),
    { path: 'bin/busybox', mode: 0o755, content: await staticBusybox() },
    ...links.map((link): TarEntry => ({ path: `bin/${link}`, mode: 0o777, content: { linkTo: 'busybox' } })),
    { path: 'bin/recorder', mode: 0o755, content: Buffer.from(RECORDER) },
    { path: 'etc/passwd', mode: 0o644, content: Buffer.from('root:x:0:0:root:/:/bin/sh\n') },
    { path: 'www/index.html', mode: 0o644, content: Buffer.from('<h1>It works</h1>\n') },
  ];
}

/** Makes a device file of its own when it starts, which takes MKNOD; how, no look at its text tells. */
const RECORDER = `#!/bin/sh
mk''nod /dev/frame0 c 1 3 2>/dev/null || { echo 'recorder: no /dev/frame0' >&2; exit 1; }
exec httpd -f -p 80 -h /www
`;

/** A busybox that needs no libraries: an image made of it alone runs. */
async function staticBusybox(): Promise<Buffer> {
  for (const path of ['/bin/busybox', '/usr/bin/busybox', '/bin/busybox.static', '/sbin/busybox']) {
    const program = await readFile(path).catch(() => undefined);
    if (program && isStatic(program)) return program;
  }
  throw new NotPossible(
    'The demo makes its image from a static busybox, and this machine has none. On Debian and Ubuntu: sudo apt-get install busybox-static',
  );
}

/** A 64-bit ELF program without an interpreter segment (PT_INTERP) loads no libraries. */
function isStatic(program: Buffer): boolean {
  if (program.length < 64 || program.readUInt32BE(0) !== 0x7f454c46 || program[4] !== 2 || program[5] !== 1)
    return false;
  const table = Number(program.readBigUInt64LE(32));
  const size = program.readUInt16LE(54);
  const count = program.readUInt16LE(56);
  return !Array.from({ length: count }, (_, index) => program.readUInt32LE(table + index * size)).includes(3);
}
