import { asEnforceError } from '../model/errors.ts';
import type { EnforceError } from '../model/errors.ts';
import type { HostTools } from './tools.ts';

/** What the journal says of one call. */
export interface Note {
  readonly container: string;
  readonly operation: string;
  /** What the call is about: an id, or a name where there is no id yet. */
  readonly subject: string;
  readonly detail: string;
}

/** Makes a call, with its lines in the journal before and after; gives back how it failed. Throws when the journal does. */
export async function noted(
  { subject, detail, ...call }: Note,
  make: () => Promise<void>,
  { journal, clock, host }: Pick<HostTools, 'journal' | 'clock' | 'host'>,
): Promise<EnforceError | undefined> {
  const about = { host, ...call };
  journal.write({ event: 'operation', at: clock.timestamp(), ...about, subject, detail });
  try {
    await make();
    journal.write({ event: 'answered', at: clock.timestamp(), ...about, ok: true });
    return undefined;
  } catch (error) {
    const failure = asEnforceError(error, 'engine');
    if (failure.code === 'journal') throw failure;
    journal.write({ event: 'answered', at: clock.timestamp(), ...about, ok: false, because: failure.message });
    return failure;
  }
}
