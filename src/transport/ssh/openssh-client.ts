import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { asEnforceError, EnforceError } from '../../model/errors.ts';
import type { SshAddress } from '../../model/inventory.ts';
import type { ConnectionSettings } from '../connection-settings.ts';
import { pauseForBusyHost, wasDropped } from './busy-host.ts';
import { explainOpenSsh } from './explain-openssh.ts';
import { LocalChannel } from './local-channel.ts';
import { openSshOptions } from './openssh-options.ts';
import type { Channel, ChannelOpened, SshLink } from './ssh-link.ts';
import { MasterFailure, type SshMaster, startMaster } from './ssh-master.ts';
import { readSshSettings, type SshSettings } from './ssh-settings.ts';

/** Connects and logs in by the system's own ssh client: one master holds the connection, others pass through it. */
export async function openOpenSsh(
  address: SshAddress,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<SshLink> {
  const own = await readSshSettings(address, settings, signal);
  const ssh = settings.openSshPath ?? 'ssh';
  const where = `${own.user}@${own.hostName} port ${own.port}`;
  const target = [...openSshOptions(address, own, settings)];
  const master = await logIn(ssh, [...target, '--', address.hostName], own, settings, signal, where);
  return linkOver(master, { ssh, target, hostName: address.hostName, own, where });
}

interface Terms {
  readonly ssh: string;
  readonly target: readonly string[];
  readonly hostName: string;
  readonly own: SshSettings;
  readonly where: string;
}

async function logIn(
  ssh: string,
  argv: readonly string[],
  own: SshSettings,
  settings: ConnectionSettings,
  signal: AbortSignal,
  where: string,
): Promise<SshMaster> {
  for (let dropped = 1; ; dropped += 1) {
    try {
      return await startMaster(ssh, argv, settings.controlParentFolder, where, signal);
    } catch (error) {
      const failure =
        error instanceof MasterFailure
          ? explainOpenSsh(error.message, where, own)
          : asEnforceError(error, 'unreachable');
      if (!wasDropped(failure) || dropped > 3) throw failure;
      await pauseForBusyHost(dropped, settings, signal, where);
    }
  }
}

function linkOver(master: SshMaster, terms: Terms): SshLink {
  const { own, where } = terms;
  let lost: EnforceError | undefined;
  master.onEnd(() => (lost ??= explainOpenSsh(master.said(), where, own)));
  const forwards = new Map<string, Promise<string>>();
  return {
    name: 'openssh',
    user: own.user,
    where,
    openStreamLocal(path, opened) {
      const known = forwards.get(path) ?? forward(master, terms, path, `s${forwards.size}`);
      forwards.set(path, known);
      known.then(
        (socketPath) => openForwarded(master, socketPath, opened),
        (error: unknown) => fail(opened, error),
      );
    },
    openTcp: (ip, port, opened) =>
      openPort(master, terms, ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`, opened),
    exec(command, opened) {
      if (lost !== undefined) {
        fail(opened, lost);
        return;
      }
      const argv = [...terms.target, '-S', master.controlSocket, '-o', 'ControlMaster=no', '-T', '--', terms.hostName];
      const child = start(terms.ssh, [...argv, command]);
      const channel = channelOf(child, child.stderr);
      endsWith(child, channel, master);
      opened(undefined, channel);
    },
    refusal: ({ exitCode, stderr }) =>
      exitCode === 255 && /open failed|Session open refused|session request failed/.test(stderr)
        ? refused(2)
        : undefined,
    lost: () => lost,
    async close() {
      lost ??= new EnforceError('unreachable', `the connection to ${where} was closed`);
      await master.end();
    },
  };
}

/** Lets the master listen on a socket of this machine for one of the host; whether the host allows it shows in use. */
function forward(master: SshMaster, { ssh }: Terms, path: string, name: string): Promise<string> {
  const socketPath = join(master.folder, name);
  const argv = ['-F', 'none', '-S', master.controlSocket, '-O', 'forward', '-L', `${socketPath}:${path}`, '--', 'host'];
  return new Promise((resolve, reject) => {
    const child = start(ssh, argv);
    child.stdin.end();
    child.once('close', (exitCode) => (exitCode === 0 ? resolve(socketPath) : reject(refused(2))));
  });
}

function openForwarded(master: SshMaster, socketPath: string, opened: ChannelOpened): void {
  const socket = connect(socketPath);
  let channel: LocalChannel | undefined;
  socket.on('error', () => undefined);
  socket.once('connect', () => {
    channel = new LocalChannel({
      input: socket,
      output: socket,
      stderr: new PassThrough(),
      close: () => socket.destroy(),
    });
    opened(undefined, channel);
  });
  // The host's refusal only shows in that the socket closes before it has said anything.
  socket.once('close', () => {
    void master.stands().then(() => {
      if (channel === undefined) fail(opened, refused(2));
      else if (socket.bytesRead === 0) channel.destroy(refused(2));
      else channel.ended({});
    });
  });
}

function openPort(master: SshMaster, { ssh }: Terms, to: string, opened: ChannelOpened): void {
  const before = master.forbidden();
  // It only says that it is connected when it is to tell what it does.
  const child = start(ssh, ['-F', 'none', '-v', '-S', master.controlSocket, '-W', to, '--', 'host']);
  let said = '';
  let channel: Channel | undefined;
  child.stderr.on('data', (chunk: Buffer) => {
    if (channel !== undefined) return;
    said = (said + chunk.toString('utf8')).slice(-4096);
    if (!said.includes('master session id')) return;
    const local = channelOf(child, new PassThrough());
    channel = local;
    child.once('close', () => void master.stands().then(() => local.ended({})));
    opened(undefined, local);
  });
  child.once('close', () => {
    if (channel !== undefined) return;
    // What the master has said of it is read by then too.
    setImmediate(() => {
      fail(opened, refused(master.forbidden() > before ? 1 : 2));
    });
  });
}

function channelOf(child: ChildProcessWithoutNullStreams, stderr: Channel['stderr']): LocalChannel {
  return new LocalChannel({ input: child.stdin, output: child.stdout, stderr, close: () => void child.kill() });
}

/** 255 is what ssh ends with when it lost the connection, and no command's own word then. */
function endsWith(child: ChildProcessWithoutNullStreams, channel: LocalChannel, master: SshMaster): void {
  child.once('close', (code) => {
    const stands = code === 255 ? master.stands() : Promise.resolve(true);
    void stands.then((isThere) => channel.ended(isThere && code !== null ? { exitCode: code } : {}));
  });
}

/** Like the master, in a session of its own, and without a way to ask for anything. */
function start(ssh: string, argv: readonly string[]): ChildProcessWithoutNullStreams {
  const script = 'export SSH_ASKPASS_REQUIRE=never; unset SSH_ASKPASS DISPLAY; exec "$@"';
  const child = spawn('sh', ['-c', script, 'sh', ssh, ...argv], { stdio: 'pipe', detached: true });
  child.stdin.on('error', () => undefined);
  // That there is no shell was told when the master was to start.
  child.on('error', () => undefined);
  return child;
}

/** As ssh2 has it: 1 is forbidden, 2 is that it did not come about. */
function refused(reason: 1 | 2): Error {
  return Object.assign(new Error('the ssh channel was not opened'), { reason });
}

function fail(opened: ChannelOpened, error: unknown): void {
  // As with ssh2, who gets an error does not look at the channel.
  opened(asError(error), undefined as never);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
