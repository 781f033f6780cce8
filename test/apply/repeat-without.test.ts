import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { HostTools, RefusalWatch } from '../../src/apply/tools.ts';
import type { Outcome } from '../../src/model/journal.ts';
import { aPlainProcess, aProcessOf, aRuntime } from '../support/a-runtime.ts';
import type { MemoryHost, Process } from '../support/memory-host.ts';
import { memoryHost } from '../support/memory-host.ts';

const MASTER = aProcessOf('master', { pid: 100 });
/** Begun at once by the first request; nobody can tell by its age whether it belongs to the start. */
const SMTPD = aPlainProcess('smtpd', 101, { pid: 101, parent: 100 });
const NOTHING = { refusals: [], refusedPrograms: [], refusedChroots: [] };

let host: MemoryHost;
let enforce: Process;
beforeEach(async () => {
  host = await memoryHost({ networks: ['front'] });
  enforce = await host.enter();
});
afterEach(() => host.close());

describe('a change after which nobody has started a helper again', () => {
  test('is made once more where the old one, put back, does without it as well, and says so', async () => {
    const begun = enforce.clock.now();

    const outcome = await apply({ again: 'without the helper' });

    expect(outcome).toMatchObject({
      result: 'applied',
      notes: expect.arrayContaining([
        expect.stringMatching(
          /^the old one, put back, did without it as well \(first try: after 5 s smtpd as 101:101 ran/,
        ),
      ]),
    });
    expect(host.standing()).toEqual(['web.enforce-bak-7f3a: old, exited, no:0', 'web: new, running, always:0']);
    expect(enforce.journal.entries).toContainEqual(
      expect.objectContaining({ event: 'decided', decision: 'repeat', because: expect.stringContaining('smtpd') }),
    );
    // The gate's time, and the same for the old one.
    expect(enforce.clock.now() - begun).toBeGreaterThan(10_000);
  });

  test('is taken back where the old one starts it again', async () => {
    const outcome = await apply({ again: 'with the helper' });

    expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('smtpd as 101:101') });
    expect(host.standing()).toEqual(['web: old, running, always:0']);
  });

  test('is taken back without waiting where it would come too late', async () => {
    const late: Outcome = { result: 'deferred', because: 'its window closes' };
    let asked = 0;

    const outcome = await apply(
      { again: 'without the helper' },
      { whyTooLate: () => (asked++ > 0 ? late : undefined) },
    );

    expect(outcome.result).toBe('rolled-back');
    expect(enforce.journal.entries).not.toContainEqual(expect.objectContaining({ decision: 'repeat' }));
  });

  test('is taken back where the kernel refused something, whatever the old one does', async () => {
    const refusals = [{ capability: 'NET_RAW', phase: 'run', program: 'master', call: 'socket', times: 1 }] as const;

    const outcome = await apply({ again: 'without the helper', refusals });

    expect(outcome.result).toBe('rolled-back');
    expect(enforce.journal.entries).not.toContainEqual(expect.objectContaining({ decision: 'repeat' }));
  });
});

interface Site {
  /** How the old one runs once it was put back. */
  readonly again: 'with the helper' | 'without the helper';
  readonly refusals?: readonly { capability: string; phase: 'run'; program: string; call: string; times: number }[];
}

function apply({ again, refusals = [] }: Site, settings: Partial<MemoryHost['settings']> = {}): Promise<Outcome> {
  let isChanged = false;
  const factsOf = (id: string) => {
    if (id !== host.old.id) isChanged = true;
    const hasHelper = id === host.old.id && (!isChanged || again === 'with the helper');
    return aRuntime({ processes: hasHelper ? [MASTER, SMTPD] : [MASTER] });
  };
  const told = (ids: readonly string[]) => Promise.resolve(new Map(ids.map((id) => [id, factsOf(id)] as const)));
  const whole = { ...NOTHING, refusals, refusedSets: [], programs: ['master'] };
  const watch: RefusalWatch = {
    starts: () => Promise.resolve(),
    started: () => undefined,
    seen: () => Promise.resolve({ ...NOTHING, lostEvents: 0, whole }),
    stop: () => Promise.resolve(),
  };
  const seeing: Partial<HostTools> = { processes: told, runtime: told, watchRefusals: () => Promise.resolve(watch) };
  return applyChange(host.change, { ...host.settings, ...settings }, { ...enforce, ...seeing });
}
