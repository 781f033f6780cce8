import { describe } from '@jest/globals';
import type { SshTransport } from './ssh-fleet.ts';
import { hasOpenSsh } from './ssh-binary.ts';

/** Describes what holds whichever client speaks ssh; by OpenSSH's only where there is one. */
export function describeEachTransport(contract: (transport: SshTransport) => void): void {
  describe('by its own client', () => contract('ssh'));
  (hasOpenSsh ? describe : describe.skip)("by the system's ssh", () => contract('openssh'));
}
