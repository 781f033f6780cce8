import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { EnforceError } from '../../model/errors.ts';
import { failureOf, printable } from '../explain.ts';
import { hostKeyNameText, judgeHostKey, keyType, type HostKeyVerdict } from './known-hosts.ts';
import type { SshSettings } from './ssh-settings.ts';

/** The trust in one host's keys, for as many attempts as it takes to log in. */
export interface HostKeyTrust {
  /** Why a key is not trusted, with all a person needs to decide about it; undefined for a key that is known. */
  refuse(key: Buffer): EnforceError | undefined;
  /** What to ask for once the host has shown a key of another type than the one it is known by. */
  knownAlgorithms(): ServerHostKeyAlgorithm[] | undefined;
}

/** Reads what is known of a host. Nothing the ssh configuration says turns the comparison off. */
export async function readHostKeyTrust(settings: SshSettings): Promise<HostKeyTrust> {
  const files = await Promise.all(
    settings.knownHostsFiles.map(async (path) => ({ path, text: await readIfThere(path) })),
  );
  const { hostName, port, hostKeyAlias } = settings;
  const name = { hostName, port, ...(hostKeyAlias === undefined ? {} : { alias: hostKeyAlias }) };
  let algorithms: ServerHostKeyAlgorithm[] = [];
  return {
    refuse(key) {
      const verdict = judgeHostKey(files, name, key);
      if (verdict.kind === 'other-type') algorithms = algorithmsFor(verdict.types);
      return explainVerdict(verdict, key, hostKeyNameText(name), settings);
    },
    knownAlgorithms: () => (algorithms.length === 0 ? undefined : algorithms),
  };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    const { code } = failureOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    // It may hold a revocation, so it is not passed over.
    throw new EnforceError('bad-connection-settings', `${path} cannot be read: ${code}`, { cause: error });
  }
}

/** The algorithms that make a host show a key of one of these types; ssh2 knows no others. */
function algorithmsFor(types: readonly string[]): ServerHostKeyAlgorithm[] {
  return types.flatMap((type): ServerHostKeyAlgorithm[] => {
    switch (type) {
      case 'ssh-ed25519':
      case 'ecdsa-sha2-nistp256':
      case 'ecdsa-sha2-nistp384':
      case 'ecdsa-sha2-nistp521':
        return [type];
      case 'ssh-rsa':
        return ['rsa-sha2-512', 'rsa-sha2-256'];
      default:
        return [];
    }
  });
}

function explainVerdict(
  verdict: HostKeyVerdict,
  key: Buffer,
  name: string,
  settings: SshSettings,
): EnforceError | undefined {
  const type = printable(keyType(key));
  const shown = `${type} SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
  const file = settings.knownHostsFiles[0] ?? '~/.ssh/known_hosts';
  const line = `${name} ${type} ${key.toString('base64')}`;
  const ownKey = `/etc/ssh/ssh_host_${/ed25519|ecdsa|rsa/.exec(type)?.[0] ?? '*'}_key.pub`;
  switch (verdict.kind) {
    case 'known':
      return undefined;
    case 'revoked':
      return new EnforceError('host-key', `the key of ${name} is revoked by ${verdict.at}: ${shown}`, {
        hint: 'the host, or someone in its place, uses a key that was withdrawn: do not connect until it has a new one',
      });
    case 'changed':
      return new EnforceError('host-key', `the key of ${name} is not the one in ${verdict.at}: ${shown}`, {
        hint: `someone may be in between. If the host was set up anew, compare the fingerprint there (ssh-keygen -lf ${ownKey}), remove the old key (ssh-keygen -R '${name}') and add to ${file}: ${line}`,
      });
    case 'other-type':
      return new EnforceError(
        'host-key',
        `${name} is known by another type of key (${verdict.at}) than it shows: ${shown}`,
        {
          hint: `compare the fingerprint on the host (ssh-keygen -lf ${ownKey}), then add to ${file}: ${line}`,
        },
      );
    case 'unknown':
      return new EnforceError('host-key', `the key of ${name} is not known: ${shown}`, {
        hint: `compare the fingerprint on the host (ssh-keygen -lf ${ownKey}), then add to ${file}: ${line}${remarks(verdict.authorityAt, settings)}`,
      });
  }
}

function remarks(authorityAt: string | undefined, { strictHostKeyChecking: strictness }: SshSettings): string {
  const authority =
    authorityAt === undefined
      ? ''
      : `\n${authorityAt} trusts an authority, whose certificates enforce's own ssh cannot verify: transport: openssh in the inventory can.`;
  const lax = ['no', 'off', 'false', 'accept-new'].includes(strictness)
    ? `\nStrictHostKeyChecking ${strictness} is not followed: nobody is there to notice a wrong host.`
    : '';
  return authority + lax;
}
