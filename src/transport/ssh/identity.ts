import { readFile } from 'node:fs/promises';
import ssh2, { type AgentAuthMethod, type AnyAuthMethod, type OpenSSHAgent, type ParsedKey } from 'ssh2';
import { EnforceError } from '../../model/errors.ts';
import { failureOf } from '../explain.ts';
import { ONLY_OPEN_SSH } from './only-open-ssh.ts';
import type { SshSettings } from './ssh-settings.ts';

/** What can be shown to a host to prove who we are, in the order it is tried. */
export interface Identity {
  readonly methods: readonly AnyAuthMethod[];
  /** The same in words, with the keys that could not be used and why; for the error when nothing is accepted. */
  readonly tried: readonly string[];
  readonly unusable: readonly string[];
  /** Of these, what the system's ssh could show: certificates and security keys. */
  readonly onlyOpenSsh: readonly string[];
}

/** Gathers agent and key files. A key is parsed once, here, and never asks for a passphrase: that is the agent's work. */
export async function loadIdentity(settings: SshSettings, isExplicit: boolean): Promise<Identity> {
  const files = await Promise.all(settings.identityFiles.map((path) => readKey(path)));
  const keys = files.flatMap((file) => (file.kind === 'key' ? [file] : []));
  const unusable = files.flatMap((file) => (file.kind === 'unusable' ? [`${file.path} (${file.because})`] : []));
  const certificates = await findCertificates(settings);
  const securityKeys = files.flatMap((file) => (file.kind === 'security-key' ? [`${file.path} (a security key)`] : []));
  const onlyOpenSsh = [...securityKeys, ...certificates.map((path) => `${path} (a certificate)`)];
  const missing = files.find((file) => file.kind === 'missing');
  if (isExplicit && missing !== undefined) {
    throw new EnforceError('bad-connection-settings', `the key file ${missing.path} does not exist`, {
      hint: 'it is named by the inventory (ansible_ssh_private_key_file)',
    });
  }
  const agent = await agentMethod(settings);
  const fromAgent = agent === undefined ? [] : [{ method: agent, text: `the agent's keys` }];
  const fromFiles = keys.map(({ path, key }) => ({
    method: { type: 'publickey' as const, username: settings.user, key },
    text: path,
  }));
  // sshd allows six attempts: a key the inventory names must not come after all those an agent happens to hold.
  const inOrder = isExplicit ? [...fromFiles, ...fromAgent] : [...fromAgent, ...fromFiles];
  if (inOrder.length === 0) throw nothingToShow(settings, unusable, onlyOpenSsh);
  return {
    methods: inOrder.map(({ method }) => method),
    tried: inOrder.map(({ text }) => text),
    unusable,
    onlyOpenSsh,
  };
}

type KeyFile =
  | { readonly kind: 'key'; readonly path: string; readonly key: ParsedKey }
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'security-key'; readonly path: string }
  | { readonly kind: 'unusable'; readonly path: string; readonly because: string };

async function readKey(path: string): Promise<KeyFile> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    const { code } = failureOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'missing', path }
      : { kind: 'unusable', path, because: `cannot be read: ${code}` };
  }
  const key = ssh2.utils.parseKey(text);
  if ('message' in key) {
    if (isSecurityKey(text.toString('latin1'))) return { kind: 'security-key', path };
    const because = /encrypted/i.test(key.message) ? 'encrypted' : 'not a key enforce can read';
    return { kind: 'unusable', path, because };
  }
  return key.isPrivateKey() ? { kind: 'key', path, key } : { kind: 'unusable', path, because: 'a public key' };
}

/** Its type is told in the clear, within the base64 of the file, whether it is encrypted or not. */
function isSecurityKey(text: string): boolean {
  const body = text.replace(/-----[^-]*-----/g, '');
  return /sk-(?:ssh|ecdsa)-/.test(Buffer.from(body, 'base64').toString('latin1'));
}

/** The certificates that `ssh` would show: those that are named, and those beside the key files. */
async function findCertificates({ certificateFiles, identityFiles }: SshSettings): Promise<string[]> {
  const paths = [...certificateFiles, ...identityFiles.map((path) => `${path}-cert.pub`)];
  const texts = await Promise.all(paths.map((path) => readFile(path).catch(() => undefined)));
  return [...new Set(paths.filter((_, index) => texts[index] !== undefined))];
}

async function agentMethod(settings: SshSettings): Promise<AgentAuthMethod | undefined> {
  if (settings.agentSocket === undefined) return undefined;
  const agent = new ssh2.OpenSSHAgent(settings.agentSocket);
  if (settings.identitiesOnly) limitTo(agent, await readPublicKeys(settings.identityFiles));
  return { type: 'agent', username: settings.user, agent };
}

/** Makes an agent offer only the keys that the configuration names, as `IdentitiesOnly yes` asks. */
function limitTo(agent: OpenSSHAgent, allowed: readonly Buffer[]): void {
  const all = agent.getIdentities.bind(agent);
  agent.getIdentities = (listed) =>
    all((error, keys) => {
      const own = ((keys ?? []) as ParsedKey[]).filter((key) =>
        allowed.some((blob) => blob.equals(key.getPublicSSH())),
      );
      listed(error, own);
    });
}

async function readPublicKeys(identityFiles: readonly string[]): Promise<Buffer[]> {
  const paths = identityFiles.flatMap((path) => [path, `${path}.pub`]);
  const texts = await Promise.all(paths.map((path) => readFile(path).catch(() => undefined)));
  return texts.flatMap((text) => {
    const key = text === undefined ? undefined : ssh2.utils.parseKey(text);
    return key === undefined || 'message' in key ? [] : [key.getPublicSSH()];
  });
}

function nothingToShow(
  settings: SshSettings,
  unusable: readonly string[],
  onlyOpenSsh: readonly string[],
): EnforceError {
  const where = `${settings.user}@${settings.hostName}`;
  if (onlyOpenSsh.length > 0) {
    const all = [...onlyOpenSsh, ...unusable].join(', ');
    return new EnforceError('authentication', `no key for ${where} can be used: ${all}`, { hint: ONLY_OPEN_SSH });
  }
  if (unusable.length === 0) {
    return new EnforceError(
      'authentication',
      `there is no key for ${where}: no agent, and none of the key files exists`,
      {
        hint: `start an agent (ssh-add), or name a key file; looked for: ${settings.identityFiles.join(', ')}`,
      },
    );
  }
  return new EnforceError('authentication', `no key for ${where} can be used: ${unusable.join(', ')}`, {
    hint: 'add an encrypted key to an agent first: ssh-add FILE',
  });
}
