import { EnforceError } from '../../model/errors.ts';
import { printable } from '../explain.ts';
import { explainLink, explainSsh } from './explain-ssh.ts';
import { hostKeyNameText } from './known-hosts.ts';
import type { SshSettings } from './ssh-settings.ts';

/** Why the system's ssh client ended, by what it said last (`ssh -v`), in the words that enforce's own client has. */
export function explainOpenSsh(said: string, where: string, own: SshSettings): EnforceError {
  const cause = new Error(`ssh: ${printable(lastOf(said))}`);
  if (/^sh: .*: (?:not found|No such file)/m.test(said)) {
    return new EnforceError('bad-connection-settings', 'there is no ssh command on this machine', {
      hint: 'transport: openssh needs it: install openssh-client, or remove the key from the inventory',
      cause,
    });
  }
  return (
    hostKeyTrouble(said, own, cause) ??
    loginTrouble(said, where, own) ??
    explainLink(asFailure(said), hopOf(said) ?? where)
  );
}

/** The error that a socket or ssh2 would have given for the same trouble. */
function asFailure(said: string): Error {
  const known = failures.find(({ pattern }) => pattern.test(said));
  if (known === undefined) return new Error(printable(lastOf(said)));
  return Object.assign(new Error(known.message ?? printable(known.pattern.exec(said)?.[0] ?? '')), known.details);
}

const failures: readonly {
  readonly pattern: RegExp;
  readonly message?: string;
  readonly details?: { readonly code: string } | { readonly reason: number };
}[] = [
  { pattern: /Could not resolve hostname/, details: { code: 'ENOTFOUND' } },
  { pattern: /^ssh: connect to .*: Connection refused/m, details: { code: 'ECONNREFUSED' } },
  {
    pattern: /^ssh: connect to .*: (?:No route to host|Network is unreachable|Host is down)/m,
    details: { code: 'EHOSTUNREACH' },
  },
  { pattern: /^ssh: connect to .*: (?:Connection|Operation) timed out/m, details: { code: 'ETIMEDOUT' } },
  { pattern: /stdio forwarding failed/i, details: { reason: 2 } },
  { pattern: /no matching .*/ },
  {
    pattern: /timed out during banner exchange|Connection to .* port \d+ timed out/,
    message: 'Timed out while waiting for handshake',
  },
  { pattern: /Timeout, server .* not responding/, message: 'Keepalive timeout' },
  {
    pattern: /exchange_identification: |^Connection (?:closed|reset) by .* port \d+/m,
    message: 'Connection lost before handshake',
  },
  { pattern: /Connection reset by peer/, details: { code: 'ECONNRESET' } },
  { pattern: /Broken pipe/, details: { code: 'EPIPE' } },
  { pattern: /closed by remote host/, message: 'it closed the connection' },
];

/** Which of several hosts on the way a network failure was at; undefined where ssh does not say. */
function hopOf(said: string): string | undefined {
  const hop = /^ssh: connect to host (?<host>\S+) (?<port>port \d+)/m.exec(said)?.groups;
  return hop === undefined ? undefined : printable(`${hop['host'] ?? ''} ${hop['port'] ?? ''}`);
}

function hostKeyTrouble(said: string, own: SshSettings, cause: Error): EnforceError | undefined {
  if (!/Host key verification failed|REVOKED HOST KEY|IDENTIFICATION HAS CHANGED/.test(said)) return undefined;
  const name = hostKeyName(said, own);
  const shown = printable(lastMatch(said, /Server host key: (\S+ \S+)/g) ?? 'a key');
  const at = printable(/Offending .* in (\S+:\d+)/.exec(said)?.[1] ?? 'known_hosts');
  if (said.includes('REVOKED HOST KEY')) {
    return new EnforceError('host-key', `the key of ${name} is revoked by known_hosts: ${shown}`, {
      hint: 'the host, or someone in its place, uses a key that was withdrawn: do not connect until it has a new one',
      cause,
    });
  }
  if (said.includes('IDENTIFICATION HAS CHANGED')) {
    return new EnforceError('host-key', `the key of ${name} is not the one in ${at}: ${shown}`, {
      hint: `someone may be in between. If the host was set up anew, compare the fingerprint there (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), remove the old key (ssh-keygen -R '${name}') and log in once with ssh`,
      cause,
    });
  }
  return new EnforceError('host-key', `the key of ${name} is not known: ${shown}`, {
    hint: 'log in once with ssh, and compare the fingerprint with that on the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub) before you accept it',
    cause,
  });
}

/** By the host that ssh was at last: a jump host has a key of its own. */
function hostKeyName(said: string, own: SshSettings): string {
  const at = lastMatch(said, /Authenticating to (\S+:\d+) as /g);
  if (at === undefined)
    return hostKeyNameText({
      hostName: own.hostKeyAlias ?? own.hostName,
      port: own.hostKeyAlias === undefined ? own.port : 22,
    });
  const colon = at.lastIndexOf(':');
  return printable(hostKeyNameText({ hostName: at.slice(0, colon), port: Number(at.slice(colon + 1)) }));
}

function loginTrouble(said: string, where: string, own: SshSettings): EnforceError | undefined {
  const refused = /^(?<who>\S+): Permission denied \((?<accepted>[^)]*)\)/m.exec(said)?.groups;
  const isTooMany = said.includes('Too many authentication failures');
  if (refused === undefined && !isTooMany) return undefined;
  const who = refused?.['who'];
  return explainSsh(
    new Error(isTooMany ? 'too many authentication failures' : 'All configured authentication methods failed'),
    {
      where: who === undefined || who === `${own.user}@${own.hostName}` ? where : printable(who),
      identity: { methods: [], tried: offeredKeys(said), unusable: unusableKeys(said), onlyOpenSsh: [] },
      accepted: refused?.['accepted']?.split(',') ?? [],
      agentTrouble: '',
    },
  );
}

function offeredKeys(said: string): readonly string[] {
  const offered = [...said.matchAll(/Offering public key: (.+?) [A-Z0-9-]+ SHA256:/g)].map(([, key = '']) =>
    printable(key),
  );
  return offered.length === 0 ? ['a login without any key'] : [...new Set(offered)];
}

function unusableKeys(said: string): readonly string[] {
  return [...said.matchAll(/^Load key "(.+)": (.+)$/gm)].map(([, path = '', because = '']) =>
    printable(`${path} (${because.trim()})`),
  );
}

function lastMatch(said: string, pattern: RegExp): string | undefined {
  return [...said.matchAll(pattern)].at(-1)?.[1];
}

function lastOf(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('debug'));
  return lines.at(-1) ?? 'it ended without a word';
}
