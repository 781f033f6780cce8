import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { asEnforceError, EnforceError } from '../../model/errors.ts';
import type { SshAddress } from '../../model/inventory.ts';
import type { ConnectionSettings } from '../connection-settings.ts';
import { failureOf, stopped } from '../explain.ts';
import { ChannelSocket } from './channel-socket.ts';
import { explainLink } from './explain-ssh.ts';
import { readHostKeyTrust } from './host-key.ts';
import { readSshSettings, type SshSettings } from './ssh-settings.ts';

/** One ssh connection that is logged in. */
export interface SshClient {
  readonly client: Client;
  readonly user: string;
  /** `deploy@web-1 port 22`. */
  readonly where: string;
  /** Why the connection is no more; undefined while it stands. */
  lost(): EnforceError | undefined;
  close(): Promise<void>;
}

/** Connects and logs in to a host, through its jump hosts if it has any. Every one of them must show a known key. */
export async function openSshClient(
  address: SshAddress,
  settings: ConnectionSettings,
  signal: AbortSignal,
  before?: readonly SshAddress[],
  depth = 0,
): Promise<SshClient> {
  if (depth > 8) {
    throw new EnforceError('bad-connection-settings', `the jump hosts of ${address.hostName} lead in a circle`);
  }
  // What speaks the protocol is loaded while ssh is asked for its settings, which takes as long.
  const reading = readSshSettings(address, settings, signal);
  const loading = loadProtocol();
  const own = await reading;
  const jumps = before ?? own.jumps;
  const last = jumps.at(-1);
  // The first of several jump hosts is reached as its own part of the configuration says.
  const rest = jumps.length > 1 ? jumps.slice(0, -1) : undefined;
  const jump = last === undefined ? undefined : await openSshClient(last, settings, signal, rest, depth + 1);
  try {
    return await logIn(await loading, address, own, settings, signal, jump);
  } catch (error) {
    await jump?.close();
    throw error;
  }
}

async function loadProtocol() {
  const [{ loadIdentity }, { shakeHands }] = await Promise.all([import('./identity.ts'), import('./handshake.ts')]);
  return { loadIdentity, shakeHands };
}

async function logIn(
  { loadIdentity, shakeHands }: Awaited<ReturnType<typeof loadProtocol>>,
  address: SshAddress,
  own: SshSettings,
  settings: ConnectionSettings,
  signal: AbortSignal,
  jump: SshClient | undefined,
): Promise<SshClient> {
  const { user } = own;
  const where = `${user}@${own.hostName} port ${own.port}`;
  const identity = await loadIdentity(own, address.identityFile !== undefined);
  const trust = await readHostKeyTrust(own);
  let refusal: EnforceError | undefined;
  let dropped = 0;
  for (;;) {
    const hostKeyAlgorithms = trust.knownAlgorithms();
    const socket = dial(own, jump);
    try {
      const client = await shakeHands(
        { ...own, ...settings, socket, where, identity, trust, hostKeyAlgorithms },
        signal,
      );
      return loggedIn(client, socket, { user, where }, jump);
    } catch (error) {
      const failure = asEnforceError(error, 'unreachable');
      if (hostKeyAlgorithms === undefined && trust.knownAlgorithms() !== undefined) {
        // The host has several keys and showed one of another type than the known one: it is asked for that.
        refusal = failure;
      } else if (refusal !== undefined && failureOf(failure.cause).message.includes('no matching host key')) {
        throw refusal;
      } else if (wasDropped(failure) && dropped < 3) {
        dropped += 1;
        await pause(dropped, settings, signal, where);
      } else {
        throw failure;
      }
    }
  }
}

function dial({ hostName, port }: SshSettings, jump: SshClient | undefined): Duplex {
  if (jump === undefined) {
    // Of several addresses, each gets longer than Node's quarter of a second, in which far hosts cannot answer.
    return connect({ host: hostName, port, noDelay: true, autoSelectFamilyAttemptTimeout: 2_500 });
  }
  return new ChannelSocket({
    hasProcess: false,
    open: (opened) => void jump.client.forwardOut('127.0.0.1', 0, hostName, port, opened),
    failure: () => jump.lost(),
  });
}

function loggedIn(
  client: Client,
  socket: Duplex,
  { user, where }: { readonly user: string; readonly where: string },
  jump: SshClient | undefined,
): SshClient {
  let lost: EnforceError | undefined;
  const closed = new Promise<void>((resolve) => {
    client.on('error', (error) => (lost ??= explainLink(error, where)));
    client.once('close', () => {
      lost ??= jump?.lost() ?? new EnforceError('unreachable', `${where} closed the connection`);
      resolve();
    });
  });
  return {
    client,
    user,
    where,
    lost: () => lost,
    async close() {
      client.end();
      // A host that is frozen does not say goodbye.
      await Promise.race([closed, wait(1_000, undefined, { ref: false })]);
      socket.destroy();
      await jump?.close();
    },
  };
}

/** A busy sshd (MaxStartups) drops connections before its greeting, politely or by a reset. */
function wasDropped(failure: EnforceError): boolean {
  const { message, code } = failureOf(failure.cause);
  return message === 'Connection lost before handshake' || code === 'ECONNRESET';
}

async function pause(attempt: number, settings: ConnectionSettings, signal: AbortSignal, where: string): Promise<void> {
  const { random = Math.random, delay = waitFor } = settings;
  try {
    await delay(250 * 2 ** attempt * (0.5 + random()), signal);
  } catch {
    throw stopped(signal, `waiting to try ${where} again`);
  }
}

async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal });
}
