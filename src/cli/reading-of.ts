import { addressText } from '../model/inventory.ts';
import type { HostResult } from '../model/inventory.ts';
import type { AssessedHost, HostReading } from '../plan/build-plan.ts';

/** A host's result as a plan takes it. */
export function readingOf(result: HostResult<AssessedHost>): HostReading {
  return {
    host: result.host.name,
    address: addressText(result.host.address),
    read: result.ok ? result.value : result.error,
  };
}
