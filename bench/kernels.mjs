// node --import ./test/support/typescript-loader.mjs bench/kernels.mjs VMLINUZ…: whether `enforce observe` understands other
// kernels. Each is booted in QEMU (TCG, no modules) with busybox, dash, setpriv and capsh of this machine and nothing else; what
// stands for a container uses, is refused and declares known capabilities; the product's own code watches it over a serial
// line, and what it tells is held against what was done. Kernels come with Debian's linux-image packages: dpkg-deb -x.
// ENFORCE_HIDE=types has them not describe their types (BTF), ENFORCE_HIDE=types,numbers nor count the arguments of their
// functions: what enforce then finds out for itself is held against the description, which the bench alone still has.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { observeContainers } from '../src/observe/observe-containers.ts';
import { memberOffsets } from '../src/observe/type-format.ts';
import { entry } from './support/archive-entry.mjs';

const ID = 'c0ffee'.padEnd(64, '0');
const HELD = '-all,+chown,+dac_override,+setgid,+setuid,+sys_chroot,+net_bind_service';
const HIDDEN = (process.env.ENFORCE_HIDE ?? '').split(',');
const PLACES = ['cap_bset', 'cap_effective', 'user_ns'];
const EXPECTED = {
  uses: ['CHOWN chown', 'SETGID setpriv', 'SETUID setpriv', 'SYS_CHROOT chroot'],
  refusals: ['MKNOD mknod'],
  declared: ['NET_BIND_SERVICE capsh'],
  refusedPrograms: [],
  refusedChroots: [],
};

const INIT = `#!/bin/sh
PATH=/bin
export PATH
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
mkdir /sys/fs/cgroup/docker-${ID}.scope
echo 3 >/proc/sys/kernel/printk
${HIDDEN.includes('types') ? 'gzip -c /sys/kernel/btf/vmlinux >/types; mount -t tmpfs none /sys/kernel/btf' : ''}
(
  printf containerd-shim >/proc/self/comm
  exec sh /shim
) &
until [ -s /container ]; do sleep 1; done
for line in 1 2; do
  stty -F /dev/ttyS$line raw -echo
done
# Over the first line the script is spoken to; over the second the kernel's description of its types is read once.
(dash -s </dev/ttyS1 >/dev/ttyS1 2>/dev/console; echo "script ended $?") &
(read -r _ </dev/ttyS2; ${HIDDEN.includes('types') ? 'wc -c </types; cat /types' : 'cat /sys/kernel/btf/vmlinux; echo'}) >/dev/ttyS2 &
echo "CONTAINER $(cat /container)"
while :; do sleep 1000; done
`;

const SHIM = `printf containerd-shim >/proc/$$/comm
cd /
sh -c 'echo $$ >/sys/fs/cgroup/docker-${ID}.scope/cgroup.procs; echo $$ >/container; exec /bin/setpriv --bounding-set ${HELD} sh /workload' &
# Commands that are run in it: as an engine's runtime, by somebody else's rights until the end.
while :; do
  sleep 2
  sh -c 'echo $$ >/sys/fs/cgroup/docker-${ID}.scope/cgroup.procs; exec /bin/setpriv --bounding-set ${HELD} chown 7 /shim'
done
`;

const WORKLOAD = `cd /
while :; do
  sleep 1
  /bin/setpriv --reuid 1000 --regid 1000 --clear-groups true
  chroot / /bin/true
  mknod /tmp/x c 1 3
  capsh --shell=/bin/sh --caps=cap_net_bind_service+ep -- -c true
done
`;

if (process.argv.length < 3) {
  console.error('name the kernels: …/boot/vmlinuz-6.1.0-50-cloud-amd64 …');
  process.exit(1);
}
let isRight = true;
for (const kernel of process.argv.slice(2)) {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-kernel-'));
  try {
    writeFileSync(join(folder, 'initramfs'), initramfs());
    isRight = (await tryKernel(kernel, folder)) && isRight;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
process.exit(isRight ? 0 : 1);

async function tryKernel(kernel, folder) {
  const serial = (name) => ['-serial', `unix:${join(folder, name)},server=on,wait=off`];
  const console_ = [
    '-append',
    'console=ttyS0 quiet no_timer_check panic=-1 rdinit=/init',
    '-nographic',
    '-no-reboot',
    '-monitor',
    'none',
  ];
  const words = ['-m', '512', '-smp', '2', '-kernel', kernel, '-initrd', join(folder, 'initramfs'), ...console_];
  const machine = spawn('qemu-system-x86_64', [...words, '-serial', 'stdio', ...serial('script'), ...serial('types')]);
  try {
    const pid = await containerOf(machine);
    const begun = performance.now();
    const used = { places: '' };
    const { observations, brokenOff } = await observeContainers(
      {
        openScript: (script) =>
          overLine(join(folder, script.includes('btf/vmlinux;') ? 'types' : 'script'), withoutHidden(script), used),
      },
      {
        host: basename(kernel),
        containers: [{ name: 'web', id: ID, pid, held: [], stopTimeout: null }],
        seconds: 20,
        restart: undefined,
        bufferKibibytes: 4_096,
        signal: new AbortController().signal,
      },
      {
        now: () => performance.now(),
        timestamp: () => new Date().toISOString(),
        randomName: () => 'kernel',
        pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
        tell: (text) => console.error(`  ${Math.round((performance.now() - begun) / 1000)} s  ${text}`),
      },
    );
    if (brokenOff) throw brokenOff;
    const isFound = HIDDEN.includes('types') ? await isAsDescribed(used.places, join(folder, 'types')) : true;
    return report(kernel, observations[0]) && isFound;
  } catch (error) {
    console.log(`${basename(kernel)}  ✗ ${error.message}`);
    return false;
  } finally {
    machine.kill('SIGKILL');
    await once(machine, 'exit');
  }
}

/** Where enforce took the credentials to be, against what the kernel says of itself. */
async function isAsDescribed(places, line) {
  const socket = connect(line);
  socket.write('go\n');
  let said = Buffer.alloc(0);
  for await (const chunk of socket) {
    said = Buffer.concat([said, chunk]);
    const head = said.indexOf('\n');
    if (head >= 0 && said.length > head + Number(said.subarray(0, head))) break;
  }
  const members = memberOffsets(gunzipSync(said.subarray(said.indexOf('\n') + 1)), 'cred', PLACES);
  const wanted = PLACES.map((name) => members?.[name]).join(' ');
  console.log(`  ${places === wanted ? '✓' : '✗'} found out ${PLACES.join(' ')} at ${places}; described at ${wanted}`);
  return places === wanted;
}

function withoutHidden(script) {
  return HIDDEN.includes('numbers') ? script.replaceAll('$arg', '$none') : script;
}

function report(kernel, { probe, lostEvents, blindSpots, uses, refusals, declared, refusedPrograms, refusedChroots }) {
  const named = (list) => [...new Set(list.map(({ capability, program }) => `${capability} ${program}`))].sort();
  const seen = {
    uses: named(uses),
    refusals: named(refusals),
    declared: named(declared),
    refusedPrograms,
    refusedChroots,
  };
  const isSame = JSON.stringify(seen) === JSON.stringify(EXPECTED);
  console.log(`${basename(kernel)}  ${isSame ? '✓' : '✗'} by ${probe}, ${lostEvents} events lost`);
  for (const { capability, program, call, times } of uses)
    console.log(`    ${capability} ${program} in ${call} ${times}×`);
  if (!isSame) console.log('    seen', JSON.stringify(seen), '\n    not seen', blindSpots);
  return isSame;
}

/** The container's first process, which the console tells when everything stands. */
async function containerOf(machine) {
  let said = '';
  for await (const chunk of machine.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (process.env.ENFORCE_CONSOLE) process.stderr.write(chunk);
    const pid = /CONTAINER (\d+)\s/.exec(said)?.[1];
    if (pid === undefined) continue;
    machine.stdout.on('data', (text) => process.env.ENFORCE_CONSOLE && process.stderr.write(text)).resume();
    return Number(pid);
  }
  throw new Error(`it did not boot: ${said.slice(-400)}`);
}

/** A shell at the other end of a serial line, which has no end: the description of types ends by its own length. */
function overLine(path, script, used) {
  const socket = connect(path);
  const isTypes = path.endsWith('types');
  socket.write(isTypes ? 'go\n' : script);
  return Promise.resolve({
    output: isTypes ? wholeTypes(socket) : socket,
    send: (text) => {
      used.places = /^begin \w+ (.*)$/m.exec(text)?.[1] ?? used.places;
      socket.write(text);
    },
    end: () => socket.destroy(),
    ended: Promise.resolve({ exitCode: 0, stderr: '' }),
  });
}

async function* wholeTypes(socket) {
  let bytes = Buffer.alloc(0);
  let wanted = Infinity;
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= 24) wanted = bytes.readUInt32LE(4) + bytes.readUInt32LE(16) + bytes.readUInt32LE(20);
    if (bytes.length >= wanted) break;
  }
  yield bytes;
}

/** An archive as the kernel unpacks it (newc), with everything there is to run. */
function initramfs() {
  const programs = ['/bin/busybox', '/usr/bin/setpriv', '/sbin/capsh', '/bin/dash'];
  const missing = programs.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new Error(`${missing} is missing: apt-get install busybox-static dash util-linux libcap2-bin`);
  const libraries = programs
    .slice(1)
    .flatMap((path) => [...execFileSync('ldd', [path], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)]);
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  const folders = ['bin', 'dev', 'lib', 'lib64', 'lib/x86_64-linux-gnu', 'proc', 'sys', 'tmp'];
  const file = (name, body, mode = 0o100755) => entry(name, mode, Buffer.from(body));
  return Buffer.concat([
    ...folders.map((name) => entry(name, 0o040755, Buffer.alloc(0))),
    file('init', INIT),
    file('shim', SHIM),
    file('workload', WORKLOAD),
    ...programs.map((path) => file(`bin/${basename(path)}`, readFileSync(path))),
    ...[...new Set(libraries.map(([, path]) => path))].map((path) => file(path.slice(1), readFileSync(path))),
    ...applets
      .filter((name) => !['busybox', 'setpriv', 'capsh', 'dash'].includes(name))
      .map((name) => file(`bin/${name}`, '/bin/busybox', 0o120777)),
    entry('TRAILER!!!', 0, Buffer.alloc(0)),
  ]);
}
