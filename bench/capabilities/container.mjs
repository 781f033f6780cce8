import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { FOLDER, imageOf } from './image.mjs';

/** The engine at hand: `DOCKER_HOST`, else the local socket. It must share this machine's files and processes. */
export const engine = new Docker();
/** On everything made here: the process that made it. */
export const OWNED = { 'enforce-bench': String(process.pid) };
const FOREIGN = 4242;
const listening = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' };

/** One container of a case, with the volumes of its state, made anew. It is not started. */
export async function createContainer(subject, host, template, name) {
  const mounts = [];
  for (const [path, state] of Object.entries(subject.volumes)) mounts.push(await mountOf(path, state, template));
  const container = await engine.createContainer({
    name,
    Image: imageOf(subject.image),
    Labels: OWNED,
    Hostname: subject.network === 'host' ? undefined : 'bench',
    User: subject.runAs,
    HostConfig: {
      NetworkMode: subject.network,
      // Names are looked up in vain without a wait.
      Dns: ['127.0.0.1'],
      Init: subject.init,
      // Some close every descriptor they might have before they start, one by one.
      Ulimits: [{ Name: 'nofile', Soft: 4096, Hard: 4096 }],
      Mounts: mounts.map(({ mount }) => mount),
      Sysctls: subject.sysctls,
      Tmpfs: subject.tmpfs,
      Devices: subject.devices?.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
      ...host,
    },
  });
  return { container, mounts };
}

/** A container is gone, and the volumes that were made for it. */
export async function removeContainer({ container, mounts }) {
  await forget(container);
  for (const { mount } of mounts) {
    if (mount.Type === 'bind') rmSync(mount.Source, { recursive: true, force: true });
    else await forget(engine.getVolume(mount.Source));
  }
}

/** What an earlier run that was killed left behind. */
export async function removeLeftovers() {
  const filters = { label: Object.keys(OWNED) };
  const isLeft = ({ Labels }) => Object.keys(OWNED).every((label) => !existsSync(`/proc/${Labels[label]}`));
  for (const { Id } of (await engine.listContainers({ all: true, filters })).filter(isLeft)) {
    await forget(engine.getContainer(Id));
  }
  const { Volumes } = await engine.listVolumes({ filters });
  for (const { Name } of (Volumes ?? []).filter(isLeft)) await forget(engine.getVolume(Name));
}

/** That it is gone already, or going, is as good. */
async function forget(thing) {
  await thing.remove({ force: true, v: true }).catch((error) => {
    if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
  });
}

async function mountOf(path, state, template) {
  if (state.startsWith('bind')) {
    mkdirSync(join(FOLDER, 'binds'), { recursive: true });
    const source = mkdtempSync(join(FOLDER, 'binds', 'b-'));
    execFileSync('chmod', ['755', source]);
    if (state === 'bind foreign-owned') chownSync(source, FOREIGN, FOREIGN);
    return { path, mount: { Type: 'bind', Source: source, Target: path } };
  }
  const Name = `enforce-bench-${randomUUID()}`;
  await engine.createVolume({ Name, Labels: OWNED });
  const { Mountpoint } = await engine.getVolume(Name).inspect();
  const filled = template?.[path];
  if (filled !== undefined) execFileSync('cp', ['-aT', filled, Mountpoint]);
  return { path, mountpoint: Mountpoint, mount: { Type: 'volume', Source: Name, Target: path } };
}

/** A command in a running container, as an operator gives it: with what the container holds. */
export async function execute(container, command, user = '') {
  const Cmd = typeof command === 'string' ? ['sh', '-c', command] : command;
  const exec = await container.exec({ Cmd, User: user, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const out = new PassThrough();
  container.modem.demuxStream(stream, out, out);
  stream.on('end', () => out.end());
  const text = await textOf(out);
  const { ExitCode } = await exec.inspect();
  return { code: ExitCode, text };
}

/** Every line the container has written so far. */
export async function logOf(container) {
  const raw = await container.logs({ stdout: true, stderr: true });
  const lines = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const size = raw.readUInt32BE(at + 4);
    lines.push(raw.toString('utf8', at + 8, at + 8 + size));
    at += 8 + size;
  }
  return lines.join('');
}

/** Who runs in the container: each different name with its user, group and groups, as the kernel has them. */
export async function identitiesOf(container) {
  const { Processes } = await container.top({ ps_args: '-eo pid,comm' }).catch(() => ({ Processes: [] }));
  return [...new Set(Processes.map(([pid]) => identityOf(pid)).filter((identity) => identity !== null))].sort();
}

/** The ports at which sockets wait in the network of a process. */
export function listenersOf(pid) {
  const found = new Set();
  for (const [protocol, state] of Object.entries(listening)) {
    for (const line of linesOf(`/proc/${pid}/net/${protocol}`).slice(1)) {
      const [, local, , now] = line.trim().split(/\s+/);
      if (now === state) found.add(`${protocol.slice(0, 3)}/${parseInt(local.split(':')[1], 16)}`);
    }
  }
  return [...found].sort();
}

/** The names of processes of this machine that belong to none of its containers are of no interest. */
function identityOf(pid) {
  const fields = Object.fromEntries(linesOf(`/proc/${pid}/status`).map((line) => line.split(/:\s*/, 2)));
  if (fields.Uid === undefined || fields.State.startsWith('Z')) return null;
  const [, user] = fields.Uid.split('\t');
  const [, group] = fields.Gid.split('\t');
  const groups = fields.Groups.trim().split(' ').filter(Boolean).sort().join(',');
  return `${fields.Name} ${user}:${group} [${groups}]`;
}

function linesOf(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

async function textOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
