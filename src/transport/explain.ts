import { EnforceError } from '../model/errors.ts';
import { withoutSecrets } from '../model/without-secrets.ts';

/** What a low-level error tells of itself, whichever library or realm it comes from. */
export interface Failure {
  readonly message: string;
  /** `ECONNREFUSED`, `HPE_INVALID_CONSTANT`, …; empty where there is none. */
  readonly code: string;
}

/** Reads message and code of anything thrown. */
export function failureOf(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: '' };
  const { message, code } = error as { message?: unknown; code?: unknown };
  return { message: typeof message === 'string' ? message : '', code: typeof code === 'string' ? code : '' };
}

/** The error for work its signal ended: out of time, or interrupted by a person. */
export function stopped(signal: AbortSignal, doing: string): EnforceError {
  const timedOut = (signal.reason as { name?: unknown } | undefined)?.name === 'TimeoutError';
  return timedOut
    ? new EnforceError('timed-out', `no answer in time while ${doing}`, { cause: signal.reason })
    : new EnforceError('unreachable', `interrupted while ${doing}`, { cause: signal.reason });
}

/** Why a TCP connection to `where` did not come about or did not last; undefined where the error is of another kind. */
export function explainNetwork(error: unknown, where: string): EnforceError | undefined {
  const { code } = failureOf(error);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new EnforceError('unreachable', `the name of ${where} does not resolve`, {
        hint: 'look for a typing error, or give the address in the inventory (ansible_host)',
        cause: error,
      });
    case 'ECONNREFUSED':
      return new EnforceError('unreachable', `nothing listens on ${where}`, {
        hint: 'is the host up, and the port right?',
        cause: error,
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return new EnforceError('unreachable', `there is no route to ${where}`, { cause: error });
    case 'ETIMEDOUT':
      return new EnforceError('timed-out', `${where} does not answer`, {
        hint: 'is the host up, and does a firewall let this machine in?',
        cause: error,
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return new EnforceError('unreachable', `${where} broke the connection off`, { cause: error });
    default:
      return undefined;
  }
}

/** Why a request failed on a connection that itself is fine; `answerer` is who was expected to answer. */
export function explainRequest(error: unknown, answerer: string): EnforceError {
  if (error instanceof EnforceError) return error;
  const { code, message } = failureOf(error);
  const name = (error as { name?: unknown } | null)?.name;
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new EnforceError('timed-out', `${answerer} did not answer in time`, { cause: error });
  }
  if (code.startsWith('HPE_')) {
    return new EnforceError('engine', `${answerer} does not speak HTTP, so it is not a Docker engine`, {
      cause: error,
    });
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return new EnforceError('engine', `${answerer} broke off in the middle of a request`, {
      hint: 'did the engine stop or restart?',
      cause: error,
    });
  }
  return new EnforceError('engine', `${answerer}: ${printable(message)}`, { cause: error });
}

/** Text from a host, fit for a terminal: one line, no control characters, nothing that looks like a secret, not long. */
export function printable(text: string): string {
  const line = withoutSecrets(text)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
