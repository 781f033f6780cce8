import type { Duplex } from 'node:stream';
import ssh2, { type AuthHandlerMiddleware, type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { EnforceError } from '../../model/errors.ts';
import { stopped } from '../explain.ts';
import { explainSsh, type LoginAttempt } from './explain-ssh.ts';
import type { HostKeyTrust } from './host-key.ts';
import type { Identity } from './identity.ts';
import { writeTogether } from './write-together.ts';

/** All that one attempt to log in to a host needs. */
export interface HandshakeTerms {
  readonly socket: Duplex;
  /** `deploy@web-1 port 22`, for errors. */
  readonly where: string;
  readonly user: string;
  readonly identity: Identity;
  /** Asks the host for keys of these types only; undefined for any. */
  readonly hostKeyAlgorithms: ServerHostKeyAlgorithm[] | undefined;
  readonly trust: HostKeyTrust;
  readonly connectTimeoutMilliseconds: number;
  readonly keepaliveMilliseconds: number;
  readonly keepalivesMissed: number;
}

/** Logs in over a socket: greeting, keys, the host's key, ours. The one place an ssh2 client is set up. */
export function shakeHands(terms: HandshakeTerms, signal: AbortSignal): Promise<Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    let doing = 'connecting to';
    let refusal: EnforceError | undefined;
    const login: LoginAttempt = { where: terms.where, identity: terms.identity, accepted: [], agentTrouble: '' };
    const fail = (error: EnforceError): void => {
      signal.removeEventListener('abort', abort);
      terms.socket.destroy();
      reject(error);
    };
    const abort = (): void => fail(stopped(signal, `${doing} ${terms.where}`));
    signal.addEventListener('abort', abort, { once: true });

    client.on('connect', () => (doing = 'waiting for the ssh greeting of'));
    client.on('handshake', () => (doing = 'logging in to'));
    client.once('ready', () => {
      signal.removeEventListener('abort', abort);
      resolve(client);
    });
    // sshd has two small answers to send by now. Without something to carry it, the first is acknowledged after 40 ms,
    // and only then the second is sent, for which the scan waits: so something that changes nothing is asked.
    client.once('hostkeys', () => client.unforwardIn('127.0.0.1', 0));
    // One failure brings several errors, some after it is settled: this listener stays for the client's life.
    client.on('error', (error) => {
      // The agent is gone or refuses to sign; the key files are tried next.
      if (error.level === 'agent') login.agentTrouble = error.message;
      else fail(refusal ?? explainSsh(error, login));
    });
    client.once('close', () => fail(new EnforceError('unreachable', `${terms.where} closed the connection`)));
    try {
      client.connect({
        sock: writeTogether(terms.socket),
        username: terms.user,
        authHandler: inOrder(login),
        hostVerifier: (key: Buffer) => {
          refusal = terms.trust.refuse(key);
          return refusal === undefined;
        },
        algorithms: {
          // Costs three seconds in which the event loop stands still, for every host.
          kex: { remove: ['diffie-hellman-group-exchange-sha256'], append: [], prepend: [] },
          ...(terms.hostKeyAlgorithms === undefined ? {} : { serverHostKey: terms.hostKeyAlgorithms }),
        },
        // Without it, ssh2 forwards sockets only for servers that call themselves OpenSSH.
        strictVendor: false,
        agentForward: false,
        readyTimeout: terms.connectTimeoutMilliseconds,
        keepaliveInterval: terms.keepaliveMilliseconds,
        keepaliveCountMax: terms.keepalivesMissed,
      });
    } catch (error) {
      fail(explainSsh(error, login));
    }
    if (signal.aborted) abort();
  });
}

function inOrder(login: LoginAttempt): AuthHandlerMiddleware {
  const left = [...login.identity.methods];
  return (methods: readonly string[] | null, _partial, next) => {
    login.accepted = methods ?? [];
    const method = methods === null || methods.includes('publickey') ? left.shift() : undefined;
    // `false` ends the attempt; the published types forgot it.
    next(method ?? (false as never));
  };
}
