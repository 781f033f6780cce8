import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../src/model/journal.ts';
import { outcomeText, runText } from '../../src/report/outcome-text.ts';

const PLAIN = { colors: false };

describe('the line of a change that ended', () => {
  test.each<[string, Outcome, string]>([
    [
      'was applied',
      { result: 'applied', downtimeMilliseconds: 512, kept: 'shop.enforce-bak-7f3a', answers: [] },
      '  ✓ web-1/shop  applied               :8080 answers  down 0.5 s  kept shop.enforce-bak-7f3a\n',
    ],
    [
      'was rolled back',
      { result: 'rolled-back', because: 'exited 1 after 2.0 s', downtimeMilliseconds: 6100 },
      '  ✗ web-1/shop  rolled back: exited 1 after 2.0 s  :8080 answers  down 6.1 s\n',
    ],
    [
      'is stuck',
      { result: 'stuck', because: 'the engine is gone', recover: 'docker start shop' },
      '  ✗ web-1/shop  stuck: the engine is gone  :8080 answers\n      recover with: docker start shop\n',
    ],
    [
      'was skipped',
      { result: 'skipped', because: 'declined' },
      '  · web-1/shop  skipped: declined     :8080 answers\n',
    ],
    [
      'was deferred',
      { result: 'deferred', because: 'window closes' },
      '  · web-1/shop  deferred: window closes  :8080 answers\n',
    ],
  ])('that %s', (_name, outcome, line) => {
    expect(outcomeText({ host: 'web-1', container: 'shop', outcome, notes: [':8080 answers'] }, PLAIN)).toBe(line);
  });

  test('gives the command to recover whole, however long it is', () => {
    const recover = `docker rename ${'a'.repeat(64)} shop && `.repeat(8);

    const text = outcomeText(
      { host: 'web-1', container: 'shop', outcome: { result: 'stuck', because: 'gone', recover }, notes: [] },
      PLAIN,
    );

    expect(text).toContain(recover);
  });
});

describe('the end of a run', () => {
  test('counts the outcomes and names the exit code', () => {
    const results = [
      ended({ result: 'skipped', because: 'declined' }),
      ended({ result: 'applied', downtimeMilliseconds: 512, kept: 'shop.enforce-bak-7f3a', answers: [] }),
      ended({ result: 'rolled-back', because: 'exited 1', downtimeMilliseconds: 6100 }),
    ];

    const text = runText({ run: '7f3a', results, exitCode: 3 }, PLAIN);

    expect(text).toBe('Run 7f3a: 1 applied, 1 rolled back, 1 skipped.  exit 3\n');
  });

  test('repeats what needs a person', () => {
    const results = [ended({ result: 'stuck', because: 'the engine is gone', recover: 'docker start shop' })];

    const text = runText({ run: '7f3a', results, exitCode: 6 }, PLAIN);

    expect(text).toContain('recover with: docker start shop\nRun 7f3a: 1 stuck.  exit 6\n');
  });

  test('says so when there was nothing to do', () => {
    expect(runText({ run: '7f3a', results: [], exitCode: 0 }, PLAIN)).toBe('Run 7f3a: nothing to do.  exit 0\n');
  });
});

function ended(outcome: Outcome) {
  return { host: 'web-1', container: 'shop', outcome, notes: [] };
}
