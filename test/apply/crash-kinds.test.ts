import { describe, expect, test } from '@jest/globals';
import { change, isNot, rollBack, thirdOfCalls } from '../support/every-call.ts';
import type { ServiceOptions } from '../support/memory-host.ts';
import { RUN, serving } from '../support/memory-host.ts';
import { MISHAPS } from '../support/mishap.ts';
import { exits } from '../support/memory-engine/program.ts';
import { NOTHING } from '../support/memory-engine/images.ts';

/** A kind of change, and the two ways a host may stand after it, whatever happened. */
interface Kind {
  readonly options: ServiceOptions;
  readonly old: readonly string[];
  readonly new: readonly string[];
}

const BAK = `enforce-bak-${RUN}`;
const NETWORKS = { networks: ['front'] };
const RESTART_NO = { Name: 'no' };

const KINDS: readonly (readonly [string, Kind])[] = [
  [
    'of a container with a dependant',
    {
      options: { ...NETWORKS, sidecar: serving({ listens: [] }) },
      old: ['sidecar: old, running, always:0', 'web: old, running, always:0'],
      new: [
        `sidecar.${BAK}: old, exited, no:0`,
        'sidecar: new, running, always:0',
        `web.${BAK}: old, exited, no:0`,
        'web: new, running, always:0',
      ],
    },
  ],
  [
    'of a container with a dependant, both tried by a restart',
    {
      options: { ...NETWORKS, sidecar: serving({ listens: [] }), restartTrial: 'always' },
      old: ['sidecar: old, running, always:0', 'web: old, running, always:0'],
      new: [
        `sidecar.${BAK}: old, exited, no:0`,
        'sidecar: new, running, always:0',
        `web.${BAK}: old, exited, no:0`,
        'web: new, running, always:0',
      ],
    },
  ],
  [
    'that tries the new one by a restart, and keeps only the specification',
    {
      options: { ...NETWORKS, restartTrial: 'always', change: { keeps: 'specification' } },
      old: ['web: old, running, always:0'],
      new: ['web: new, running, always:0'],
    },
  ],
  [
    'that tries the new one by a restart, which no policy brings back once it was stopped',
    {
      options: { ...NETWORKS, restartTrial: 'always', restart: { Name: 'unless-stopped' } },
      old: ['web: old, running, unless-stopped:0'],
      new: [`web.${BAK}: old, exited, no:0`, 'web: new, running, unless-stopped:0'],
    },
  ],
  [
    'that starts the new one first, and tries it by a restart',
    {
      options: { ...NETWORKS, restartTrial: 'always', change: { order: 'start-first' } },
      old: ['web: old, running, always:0'],
      new: [`web.${BAK}: old, exited, no:0`, 'web: new, running, always:0'],
    },
  ],
  [
    'of which only the specification is kept',
    {
      options: { ...NETWORKS, change: { keeps: 'specification' } },
      old: ['web: old, running, always:0'],
      new: ['web: new, running, always:0'],
    },
  ],
  [
    'that starts the new one first',
    {
      options: { ...NETWORKS, change: { order: 'start-first' } },
      old: ['web: old, running, always:0'],
      new: [`web.${BAK}: old, exited, no:0`, 'web: new, running, always:0'],
    },
  ],
  [
    'of one that is stopped',
    {
      options: { ...NETWORKS, activity: 'stopped', restart: RESTART_NO },
      old: ['web: old, exited, no:0'],
      new: [`web.${BAK}: old, exited, no:0`, 'web: new, created, no:0'],
    },
  ],
];

describe.each(KINDS)('a change %s', (_which, kind) => {
  test.each(MISHAPS)('ends as the old or the new, and nothing else: %s, whichever call it meets', async (mishap) => {
    const ends = await thirdOfCalls(mishap, { options: kind.options, work: change });

    expect(ends.length).toBeGreaterThan(1);
    expect(ends.filter(isNot(kind.old, kind.new))).toEqual([]);
    expect(ends.at(-1)?.standing).toEqual(kind.new);
  });
});

describe('a change whose dependant does not do', () => {
  const options = { ...NETWORKS, sidecar: exits(7)(NOTHING) };

  test.each(MISHAPS)('ends with both as they were: %s, whichever call it meets', async (mishap) => {
    const ends = await thirdOfCalls(mishap, { options, work: change });

    expect(ends.length).toBeGreaterThan(7);
    expect(ends.filter(isNot(KINDS[0]?.[1].old ?? []))).toEqual([]);
  });
});

describe('a rollback that was asked for', () => {
  const [withDependant, , , , , specification] = KINDS.map(([, kind]) => kind);

  test.each(MISHAPS)('of a unit ends with both old or both new: %s, whichever call it meets', async (mishap) => {
    const { options = {}, old = [], new: changed = [] } = withDependant ?? {};

    const ends = await thirdOfCalls(mishap, { options, before: change, work: rollBack });

    expect(ends.filter(isNot(old, changed))).toEqual([]);
    expect(ends.at(-1)?.standing).toEqual(old);
  });

  test.each(MISHAPS)(
    'of what is kept as a specification leaves one running: %s, whichever call it meets',
    async (mishap) => {
      const { options = {}, new: changed = [] } = specification ?? {};

      const ends = await thirdOfCalls(mishap, { options, before: change, work: rollBack });

      // Both the one that is taken back and the one it is made again as are new to the host.
      expect(ends.filter(isNot(changed))).toEqual([]);
    },
  );
});
