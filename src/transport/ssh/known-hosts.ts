import { createHmac } from 'node:crypto';
import { matchesGlob } from '../../model/glob.ts';

/** A known_hosts file and what it says. */
export interface KnownHostsFile {
  readonly path: string;
  readonly text: string;
}

/** The name a host's key is kept under. */
export interface HostKeyName {
  readonly hostName: string;
  readonly port: number;
  /** `HostKeyAlias` of the ssh configuration: then neither name nor port counts. */
  readonly alias?: string;
}

/** What the known_hosts files say of a key a host has shown; `at` is `file:line`. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'revoked'; readonly at: string }
  | { readonly kind: 'changed'; readonly at: string }
  | { readonly kind: 'other-type'; readonly at: string; readonly types: readonly string[] }
  | { readonly kind: 'unknown'; readonly authorityAt: string | undefined };

/** Judges a host's key as OpenSSH does. Host certificates are beyond ssh2, so an authority's line proves nothing. */
export function judgeHostKey(files: readonly KnownHostsFile[], name: HostKeyName, key: Buffer): HostKeyVerdict {
  const base64 = key.toString('base64');
  // A hashed name costs a digest per line: only lines with this key are read unless none of them settles it.
  const sameKey = readLines(files, (line) => line.includes(base64)).filter((line) => line.key === base64);
  const primary = hostKeyNameText(name);
  const names = name.alias === undefined && name.port !== 22 ? [primary, name.hostName.toLowerCase()] : [primary];

  const revoked = sameKey.find((line) => line.marker === '@revoked' && names.some((each) => isFor(line, each)));
  if (revoked !== undefined) return { kind: 'revoked', at: revoked.at };
  if (sameKey.some((line) => line.marker === '' && names.some((each) => isFor(line, each)))) return { kind: 'known' };

  const lines = readLines(files, () => true).filter((line) => isFor(line, primary));
  const others = lines.filter((line) => line.marker === '');
  const first = others[0];
  if (first === undefined) {
    return { kind: 'unknown', authorityAt: lines.find((line) => line.marker === '@cert-authority')?.at };
  }
  const changed = others.find((line) => line.type === keyType(key));
  if (changed !== undefined) return { kind: 'changed', at: changed.at };
  return { kind: 'other-type', at: first.at, types: [...new Set(others.map((line) => line.type))] };
}

/** The name as known_hosts has it: `web-1`, or `[web-1]:2222` for another port than 22. */
export function hostKeyNameText({ hostName, port, alias }: HostKeyName): string {
  if (alias !== undefined) return alias.toLowerCase();
  return port === 22 ? hostName.toLowerCase() : `[${hostName.toLowerCase()}]:${port}`;
}

/** The type a public key blob begins with: `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

interface KnownHost {
  readonly marker: '' | '@revoked' | '@cert-authority';
  readonly patterns: string;
  readonly type: string;
  readonly key: string;
  readonly at: string;
}

function readLines(files: readonly KnownHostsFile[], wanted: (line: string) => boolean): KnownHost[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (wanted(line) ? readLine(line, `${path}:${index + 1}`) : [])),
  );
}

const layout =
  /^\s*(?:(?<marker>@revoked|@cert-authority)[ \t]+)?(?<patterns>[^#@\s]\S*)[ \t]+(?<type>\S+)[ \t]+(?<key>[A-Za-z0-9+/]+=*)(?:\s|$)/;

function readLine(line: string, at: string): KnownHost[] {
  const groups = layout.exec(line)?.groups;
  if (groups === undefined) return [];
  const { marker = '', patterns = '', type = '', key = '' } = groups;
  return [{ marker: marker as KnownHost['marker'], patterns, type, key, at }];
}

function isFor({ patterns }: KnownHost, name: string): boolean {
  if (patterns.startsWith('|')) return isHashOf(patterns, name);
  const all = patterns.toLowerCase().split(',');
  if (all.some((pattern) => pattern.startsWith('!') && matchesGlob(pattern.slice(1), name))) return false;
  return all.some((pattern) => matchesGlob(pattern, name));
}

function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}
