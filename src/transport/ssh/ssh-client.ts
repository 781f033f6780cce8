import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { asEnforceError, EnforceError } from '../../model/errors.ts';
import type { SshAddress } from '../../model/inventory.ts';
import type { ConnectionSettings } from '../connection-settings.ts';
import { failureOf } from '../explain.ts';
import { pauseForBusyHost, wasDropped } from './busy-host.ts';
import { ChannelSocket } from './channel-socket.ts';
import { explainLink } from './explain-ssh.ts';
import { readHostKeyTrust } from './host-key.ts';
import type { SshLink } from './ssh-link.ts';
import { readSshSettings, type SshSettings } from './ssh-settings.ts';

/** Connects and logs in to a host, through its jump hosts if it has any. Every one of them must show a known key. */
export async function openSshClient(
  address: SshAddress,
  settings: ConnectionSettings,
  signal: AbortSignal,
  before?: readonly SshAddress[],
  depth = 0,
): Promise<SshLink> {
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
  jump: SshLink | undefined,
): Promise<SshLink> {
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
      const client = await shakeHands({ ...own, socket, where, identity, trust, hostKeyAlgorithms }, signal);
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
        await pauseForBusyHost(dropped, settings, signal, where);
      } else {
        throw failure;
      }
    }
  }
}

function dial({ hostName, port, localAddress, family }: SshSettings, jump: SshLink | undefined): Duplex {
  if (jump === undefined) {
    // Of several addresses, each gets longer than Node's quarter of a second, in which far hosts cannot answer.
    return connect({
      ...{ host: hostName, port, noDelay: true, autoSelectFamilyAttemptTimeout: 2_500 },
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(family === undefined ? {} : { family }),
    });
  }
  return new ChannelSocket({
    hasProcess: false,
    open: (opened) => jump.openTcp(hostName, port, opened),
    failure: () => jump.lost(),
  });
}

function loggedIn(
  client: Client,
  socket: Duplex,
  { user, where }: { readonly user: string; readonly where: string },
  jump: SshLink | undefined,
): SshLink {
  let lost: EnforceError | undefined;
  const closed = new Promise<void>((resolve) => {
    client.on('error', (error) => (lost ??= explainLink(error, where)));
    client.once('close', () => {
      lost ??= jump?.lost() ?? new EnforceError('unreachable', `${where} closed the connection`);
      resolve();
    });
  });
  return {
    name: 'ssh',
    user,
    where,
    openStreamLocal: (path, opened) => void client.openssh_forwardOutStreamLocal(path, opened),
    openTcp: (ip, port, opened) => void client.forwardOut('127.0.0.1', 0, ip, port, opened),
    exec: (command, opened) => void client.exec(command, opened),
    refusal: () => undefined,
    lost: () => lost,
    async close() {
      client.end();
      // What was sent has left: its answer to a goodbye would be waited for as long as the way is.
      const sent = finished(socket, { readable: false }).catch(() => undefined);
      // A host that is frozen takes nothing any more.
      await Promise.race([closed, sent, wait(1_000, undefined, { ref: false })]);
      socket.destroy();
      await jump?.close();
    },
  };
}
