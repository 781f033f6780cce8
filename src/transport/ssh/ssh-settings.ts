import { join } from 'node:path';
import { EnforceError } from '../../model/errors.ts';
import type { SshAddress } from '../../model/inventory.ts';
import type { ConnectionSettings } from '../connection-settings.ts';
import { askOpenSsh, type OpenSshWords } from './ask-open-ssh.ts';
import { readJumps } from './jumps.ts';

/** What applies to one host: the inventory's words first, then the ssh configuration's, then the defaults of `ssh`. */
export interface SshSettings {
  readonly hostName: string;
  readonly port: number;
  /** The address of this machine to come from (BindAddress), and the only family to use (AddressFamily). */
  readonly localAddress: string | undefined;
  readonly family: 4 | 6 | undefined;
  readonly user: string;
  readonly agentSocket: string | undefined;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Named by CertificateFile; those beside the key files are not. */
  readonly certificateFiles: readonly string[];
  /** The first is where a person would add a key. */
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
  /** Never followed where it is lax; only explained. */
  readonly strictHostKeyChecking: string;
  /** 0 for no limit of its own. */
  readonly connectTimeoutMilliseconds: number;
  /** How often a silent connection is probed (ServerAliveInterval), and how many probes may go unanswered. */
  readonly keepaliveMilliseconds: number;
  readonly keepalivesMissed: number;
  readonly jumps: readonly SshAddress[];
}

/** Finds the settings of one host; what may not be passed on to `ssh` or to sshd is refused here. */
export async function readSshSettings(
  address: SshAddress,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<SshSettings> {
  refuseUnsafe(address.hostName, /^[A-Za-z0-9_:][A-Za-z0-9._:%-]*$/, 'the name of a host');
  if (address.user !== undefined)
    refuseUnsafe(address.user, /^[A-Za-z0-9_][A-Za-z0-9._@\\-]*\$?$/, 'the name of a user');
  const words = await askOpenSsh(address, settings, signal);

  if (address.transport === undefined) refuseBeyondUs(address, words);
  const hostName = words.one('hostname') ?? address.hostName;
  const user = address.user ?? words.one('user') ?? settings.userName;
  const proxyJump = words.one('proxyjump');
  const asPath = (path: string): string =>
    inHome(expandTokens(path, { d: settings.homeFolder, h: hostName, r: user, u: settings.userName }), settings);
  const aliveSeconds = Number(words.one('serveraliveinterval') ?? 0);
  return {
    hostName,
    port: address.port ?? Number(words.one('port') ?? 22),
    localAddress: words.one('bindaddress'),
    family: families.get(words.one('addressfamily') ?? 'any'),
    user,
    agentSocket: agentSocketOf(words, settings),
    identityFiles: identityFilesOf(address, words, settings).map(asPath),
    certificateFiles: words.all('certificatefile').map(asPath),
    identitiesOnly: words.one('identitiesonly') === 'yes',
    knownHostsFiles: knownHostsFilesOf(words, settings).map((path) => inHome(path, settings)),
    hostKeyAlias: words.one('hostkeyalias'),
    strictHostKeyChecking: words.one('stricthostkeychecking') ?? 'ask',
    connectTimeoutMilliseconds: Number(words.one('connecttimeout') ?? 0) * 1000,
    // A host that fell silent must end, so without a word of the configuration it is probed too.
    keepaliveMilliseconds: aliveSeconds > 0 ? aliveSeconds * 1000 : settings.keepaliveMilliseconds,
    keepalivesMissed: aliveSeconds > 0 ? Number(words.one('serveralivecountmax') ?? 3) : 3,
    jumps: proxyJump === undefined ? [] : readJumps(proxyJump),
  };
}

const families: ReadonlyMap<string, 4 | 6> = new Map([
  ['inet', 4],
  ['inet6', 6],
]);

/** What must not be passed over in silence: another way to the host, or keys that it may not have. */
function refuseBeyondUs({ hostName }: SshAddress, words: OpenSshWords): void {
  if (words.one('proxycommand') !== undefined) {
    throw new EnforceError('bad-connection-settings', `the ssh configuration reaches ${hostName} by a ProxyCommand`, {
      hint: 'enforce itself runs no commands of the configuration: ProxyJump does the same, or transport: openssh in the inventory lets ssh run it',
    });
  }
  const revoked = words.one('revokedhostkeys');
  if (revoked !== undefined) {
    throw new EnforceError('bad-connection-settings', `the ssh configuration has RevokedHostKeys for ${hostName}`, {
      hint: `enforce's own ssh does not read ${revoked}: mark the keys @revoked in known_hosts, or let the system's ssh connect (transport: openssh in the inventory)`,
    });
  }
}

function refuseUnsafe(text: string, allowed: RegExp, what: string): void {
  if (allowed.test(text)) return;
  throw new EnforceError('bad-connection-settings', `${JSON.stringify(text)} cannot be ${what}`);
}

function agentSocketOf(words: OpenSshWords, settings: ConnectionSettings): string | undefined {
  if (words.says('identityagent', 'none')) return undefined;
  const path = words.one('identityagent');
  // `SSH_AUTH_SOCK` and `$NAME` mean the environment, which is not read here.
  return path?.startsWith('/') ? path : settings.sshAgentSocket;
}

function identityFilesOf(address: SshAddress, words: OpenSshWords, settings: ConnectionSettings): readonly string[] {
  if (address.identityFile !== undefined) return [address.identityFile];
  if (settings.identityFiles !== undefined) return settings.identityFiles;
  const configured = words.all('identityfile');
  return configured.length > 0 ? configured : ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];
}

function knownHostsFilesOf(words: OpenSshWords, settings: ConnectionSettings): readonly string[] {
  if (settings.knownHostsFiles !== undefined) return settings.knownHostsFiles;
  const user = words.one('userknownhostsfile') ?? '~/.ssh/known_hosts ~/.ssh/known_hosts2';
  const machine = words.one('globalknownhostsfile') ?? '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2';
  return `${user} ${machine}`.split(' ').filter((path) => path !== '');
}

function inHome(path: string, { homeFolder }: ConnectionSettings): string {
  return path.startsWith('~/') ? join(homeFolder, path.slice(2)) : path;
}

function expandTokens(path: string, tokens: Readonly<Record<string, string>>): string {
  return path.replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));
}
