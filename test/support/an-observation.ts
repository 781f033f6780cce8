import type { Observation } from '../../src/model/observation.ts';

/** An observation in which there is one of everything. */
export function anObservation(different: Partial<Observation> = {}): Observation {
  return {
    container: 'shop',
    id: '0c21'.repeat(16),
    startedAt: '2026-11-22T05:00:00.000Z',
    seconds: 600,
    sawStart: true,
    probe: 'tracepoint',
    lostEvents: 7,
    blindSpots: ['what it does on Sundays'],
    uses: [
      { capability: 'CHOWN', phase: 'start', program: 'chown', call: 'fchownat', times: 4 },
      { capability: 'SETUID', phase: 'run', program: 'gosu', call: null, times: 1 },
    ],
    refusals: [{ capability: 'DAC_OVERRIDE', phase: 'run', program: 'find', call: 'openat', times: 2 }],
    declared: [{ capability: 'NET_BIND_SERVICE', program: 'chronyd' }],
    refusedPrograms: ['sh'],
    refusedChroots: ['sshd'],
    ...different,
  };
}
