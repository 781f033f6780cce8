import type { ProfileTrial } from '../../src/model/learned.ts';

/** A set that passed the gate and a restart, of a container that held these five. */
export function aTrial(set: readonly string[], different: Partial<ProfileTrial> = {}): ProfileTrial {
  return {
    container: '0c210c210c21',
    host: 'a1a1a1a1a1a1',
    at: '2026-11-20T04:00:00.000Z',
    result: 'passed',
    set,
    before: ['CHOWN', 'KILL', 'NET_RAW', 'SETGID', 'SETUID'],
    gate: ['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G8'],
    engine: '20.10.24',
    kernel: '6.1.0-56-amd64',
    identities: [{ program: 'postgres', user: 999, group: 999 }],
    stop: { seconds: 0.4, exit: 0 },
    ...different,
  };
}

/** A set that did not pass. */
export function aFailure(set: readonly string[], different: Partial<ProfileTrial> = {}): ProfileTrial {
  return aTrial(set, { result: 'failed', gate: [], stop: null, ...different });
}
