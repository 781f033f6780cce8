import { EnforceError } from '../../model/errors.ts';
import { explainNetwork, failureOf, printable } from '../explain.ts';
import type { Identity } from './identity.ts';
import { ONLY_OPEN_SSH } from './only-open-ssh.ts';

/** Whom a login was tried at, what with, and what was learnt on the way. */
export interface LoginAttempt {
  readonly where: string;
  readonly identity: Identity;
  /** The methods the host said it accepts, once it has refused one. */
  accepted: readonly string[];
  /** Why the agent could not be asked; empty when it could. */
  agentTrouble: string;
}

/** Why an ssh connection did not come about, or ended. */
export function explainSsh(error: unknown, { where, identity, accepted, agentTrouble }: LoginAttempt): EnforceError {
  if (error instanceof EnforceError) return error;
  const { message } = failureOf(error);
  if (/authentication/i.test(message)) {
    const trouble = agentTrouble === '' ? [] : [`the agent (${printable(agentTrouble)})`];
    const skipped = [...trouble, ...identity.unusable, ...identity.onlyOpenSsh].join(', ');
    const unusable = skipped === '' ? '' : `; not usable: ${skipped}`;
    const offers = accepted.length === 0 ? '' : `; it accepts ${printable(accepted.join(', '))}`;
    return new EnforceError('authentication', `${where} refused ${identity.tried.join(', ')}${unusable}${offers}`, {
      hint: loginHint(message, identity, accepted),
      cause: error,
    });
  }
  return explainLink(error, where);
}

function loginHint(message: string, { onlyOpenSsh }: Identity, accepted: readonly string[]): string {
  if (/too many/i.test(message)) {
    return 'the agent holds more keys than the host lets us try: name the right one (identity file), or IdentitiesOnly yes';
  }
  const isKerberos = accepted.length > 0 && accepted.every((method) => method.startsWith('gssapi'));
  if (onlyOpenSsh.length > 0 || isKerberos) return ONLY_OPEN_SSH;
  return 'is the user right, and its key in ~/.ssh/authorized_keys there (ssh-copy-id)? An encrypted key must be in an agent (ssh-add)';
}

/** Why an ssh connection broke that was, or was about to be, open. */
export function explainLink(error: unknown, where: string): EnforceError {
  if (error instanceof EnforceError) return error;
  const { message } = failureOf(error);
  if (message.startsWith('Host denied')) {
    return new EnforceError('host-key', `${where} showed another key in the middle of the connection`, {
      hint: 'someone may be in between: compare its keys with those in known_hosts before anything else',
      cause: error,
    });
  }
  if (message === 'Keepalive timeout') {
    return new EnforceError('timed-out', `${where} fell silent: keepalives were not answered`, { cause: error });
  }
  if (message === 'Timed out while waiting for handshake') {
    return new EnforceError('timed-out', `${where} did not answer within the ConnectTimeout of the ssh configuration`, {
      cause: error,
    });
  }
  if (message === 'Connection lost before handshake') {
    return new EnforceError('unreachable', `${where} hung up before it said anything`, {
      hint: 'is it an sshd? A busy one drops new connections (MaxStartups): lower --concurrency',
      cause: error,
    });
  }
  if (/no matching|key exchange|KEX/i.test(message)) {
    return new EnforceError('unreachable', `${where} and enforce have no common algorithm: ${printable(message)}`, {
      hint: "enforce's own ssh knows curve25519, the NIST curves and Diffie-Hellman groups 14 to 18, no post-quantum exchange; transport: openssh in the inventory knows what ssh does",
      cause: error,
    });
  }
  if (openRefusal(error) !== undefined) {
    return new EnforceError('unreachable', `the jump host would not connect to ${where}`, {
      hint: 'is the name right as the jump host sees it, and does its sshd allow forwarding (AllowTcpForwarding yes)?',
      cause: error,
    });
  }
  return (
    explainNetwork(error, where) ?? new EnforceError('unreachable', `${where}: ${printable(message)}`, { cause: error })
  );
}

/** The reason a host gave for not opening a channel (RFC 4254: 1 is forbidden, 2 is failed); undefined for other errors. */
export function openRefusal(error: unknown): number | undefined {
  const reason = (error as { reason?: unknown } | null | undefined)?.reason;
  return typeof reason === 'number' ? reason : undefined;
}
