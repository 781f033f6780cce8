/** Every kind of failure a person can do something about. */
export type ErrorCode =
  | 'usage'
  | 'bad-inventory'
  | 'bad-playbook'
  | 'bad-exceptions'
  | 'bad-profile'
  | 'bad-plan'
  | 'bad-scan'
  | 'bad-observation'
  | 'bad-connection-settings'
  | 'unreachable'
  | 'host-key'
  | 'authentication'
  | 'permission'
  | 'timed-out'
  | 'engine'
  | 'engine-refused'
  | 'engine-too-old'
  | 'not-docker'
  | 'journal'
  | 'locked'
  | 'refused';

/** The one error enforce throws on purpose: what went wrong, where, and what to do. `cause` keeps the original. */
export class EnforceError extends Error {
  override readonly name = 'EnforceError';
  readonly code: ErrorCode;
  /** What the person reading should do next, where there is something to do. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}

/** Any thrown thing as an EnforceError; one that already is stays itself. */
export function asEnforceError(error: unknown, code: ErrorCode): EnforceError {
  if (error instanceof EnforceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EnforceError(code, message, { cause: error });
}
