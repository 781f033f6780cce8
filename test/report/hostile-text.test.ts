import { describe, expect, test } from '@jest/globals';
import { EnforceError } from '../../src/model/errors.ts';
import type { JsonValue } from '../../src/model/json.ts';
import type { Outcome } from '../../src/model/journal.ts';
import { changeText } from '../../src/report/change-text.ts';
import { errorText } from '../../src/report/error-text.ts';
import { findingsDocumentWriter } from '../../src/report/findings-document.ts';
import type { ScanResult } from '../../src/report/findings-document.ts';
import { findingsTextWriter } from '../../src/report/findings-text.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { outcomeText, runText } from '../../src/report/outcome-text.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { planText } from '../../src/report/plan-text.ts';
import { observationText } from '../../src/report/observation-text.ts';
import { statusText } from '../../src/report/status-text.ts';
import { anObservation } from '../support/an-observation.ts';
import { aCapabilityFinding, aChange, aFinding, aHostPlan, aPlan, anUnreadHost } from '../support/a-plan.ts';
import { container, snapshot } from '../support/containers.ts';
import { savedScan, writtenBy } from '../support/scan-reports.ts';

const EXCEPTION = { reason: 'public', owner: 'netops', expires: '2027-01-31', ticket: 'NET-9' };
const OUTCOMES: readonly Outcome[] = [
  { result: 'applied', downtimeMilliseconds: 500, kept: 'shop.enforce-bak-7f3a', answers: [] },
  { result: 'skipped', because: 'it changed' },
  { result: 'deferred', because: 'the window closes' },
  { result: 'rolled-back', because: 'it exited', downtimeMilliseconds: 500 },
  { result: 'stuck', because: 'the engine is gone', recover: 'docker start shop' },
];
const STATUS = {
  runs: [
    {
      run: '7f3a',
      startedAt: '2026-11-22',
      operator: 'mlopez',
      counts: { applied: 1 },
      unreached: 0,
      continues: '7e00',
      exitCode: null,
    },
  ],
  kept: [{ host: 'web-1', container: 'shop', name: 'shop.enforce-bak-7f3a', run: '7f3a', until: '2026-11-29' }],
  unfinished: [{ host: 'web-1', container: 'ftp', run: '7f3a', because: 'it is stopped' }],
  suspects: [
    { host: 'web-1', container: 'ftp', run: '7f3a', because: 'it is unhealthy', rollback: 'enforce rollback' },
  ],
  deferred: [{ host: 'web-1', container: 'ftp', run: '7f3a', because: 'closed', missed: 3 }],
  windows: [],
  locks: [{ host: 'web-1', id: '0c21', run: '7f3a', operator: 'mlopez', ageSeconds: 1, leftSeconds: 1 }],
  notReached: [{ host: 'edge-1', because: 'refused' }],
};
const PLAN = aPlan(
  [
    aHostPlan(
      [
        aChange({ because: [aFinding(), aCapabilityFinding({ exception: EXCEPTION })] }),
        aChange({ edits: [{ path: 'Config.Labels\n\u001b[2J', before: { a: 'b' }, after: 'c' }], portMoves: [] }),
        aChange({ action: 'blocked', blocked: { because: 'data would be lost', hint: 'except it' } }),
        aChange({ action: 'excepted', because: [aFinding({ exception: EXCEPTION })] }),
      ],
      ['api'],
    ),
    anUnreadHost,
  ],
  ['an exception matches nothing'],
);
const RESULTS: readonly ScanResult[] = [
  {
    host: { name: 'web-1', address: { kind: 'unix', path: '/var/run/docker.sock' }, groups: ['all'] },
    ok: true,
    value: {
      engine: snapshot([]).engine,
      containers: 1,
      findings: [aFinding(), aFinding({ exception: EXCEPTION })],
    },
  },
];

const TONES = { colors: false };
const RENDERERS: Readonly<Record<string, (hostile: Hostile) => string>> = {
  planText: (hostile) => planText(hostile(PLAN), { ...TONES, verbose: false }),
  'planText, verbose': (hostile) => planText(hostile(PLAN), { ...TONES, verbose: true }),
  changeText: (hostile) => changeText(hostile(aChange()), { ...TONES, verbose: true }),
  findingsText: (hostile) => writtenBy(findingsTextWriter(TONES), [...hostile(RESULTS), unreached(hostile)]),
  outcomeText: (hostile) => OUTCOMES.map((outcome) => outcomeText(hostile(endedWith(outcome)), TONES)).join(''),
  runText: (hostile) => runText(hostile({ run: '7f3a', results: OUTCOMES.map(endedWith), exitCode: 6 }), TONES),
  statusText: (hostile) => statusText(hostile(STATUS), { ...TONES, now: 0, timeZone: 'UTC' }),
  observationText: (hostile) => observationText([hostile({ host: 'web-1', observations: [anObservation()] })], TONES),
  errorText: (hostile) => errorText(anError(hostile), { ...TONES, verbose: true }),
  planDocument: (hostile) => jsonText(planDocument(hostile(PLAN))),
  findingsDocument: (hostile) =>
    writtenBy(findingsDocumentWriter('2026-11-22'), [...hostile(RESULTS), unreached(hostile)]),
  savedScan: (hostile) => savedScan(hostile([snapshot([container('shop')])]), [], '2026-11-22'),
};

/** Words that the program itself switches on; everything else a host, a file or a journal may have put there. */
const KEYWORDS = new Set(['action', 'result', 'kind', 'verdict', 'evidence', 'severity', 'path']);

type Hostile = <Value>(value: Value) => Value;

describe.each(Object.entries(RENDERERS))('%s', (_name, render) => {
  test('prints nothing that a terminal obeys, whatever is in any text it is given', () => {
    const random = randomNumbers(20261122);

    for (let round = 0; round < 60; round++) {
      const printed = render(<Value>(value: Value) => poisoned(value, random) as Value);

      expect(printed).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }
  });

  test('prints one line where it is given one line', () => {
    const lines = render((value) => value).split('\n').length;

    const hostile = render(
      <Value>(value: Value) => replaced(value, (text) => `${text}\nPlan: 0 to recreate.`) as Value,
    );

    // Only the text of an error may have lines of its own, and those are indented.
    expect(hostile.split('\n').filter((line) => line.startsWith('Plan: 0')).length).toBeLessThanOrEqual(1);
    if (_name !== 'errorText') expect(hostile.split('\n')).toHaveLength(lines);
  });
});

function endedWith(outcome: Outcome) {
  return { host: 'web-1', container: 'shop', outcome, notes: [':8080 answers'] };
}

function anError(hostile: Hostile): EnforceError {
  const cause = new Error(hostile('connection reset'), { cause: hostile('a text') });
  return new EnforceError('unreachable', hostile('the host did not answer'), { hint: hostile('look at it'), cause });
}

function unreached(hostile: Hostile): ScanResult {
  const host = { name: hostile('edge-1'), address: { kind: 'unix', path: '/run/docker.sock' }, groups: [] } as const;
  return { host, ok: false, error: anError(hostile) };
}

function poisoned(value: unknown, random: () => number): unknown {
  return replaced(value, (text) => (random() < 0.3 ? text : text.slice(0, 2) + noise(random)));
}

function noise(random: () => number): string {
  const alphabet = [
    '\u001b[2J',
    '\u001b]0;x\u0007',
    '\n',
    '\r',
    '\t',
    '\0',
    '\u009b',
    '\u202e',
    '\u2066',
    '\u200b',
    '\ud800',
    'a',
    '店',
    '\u2028',
    '\u{e0041}',
  ];
  const length = Math.floor(random() * (random() < 0.1 ? 900 : 12));
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)] ?? '').join('');
}

function replaced(value: unknown, change: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return KEYWORDS.has(key) ? value : change(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => replaced(item, change, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaced(member, change, name)]));
}

function randomNumbers(seed: number): () => number {
  let number = seed;
  return () => {
    number = (Math.imul(number, 1664525) + 1013904223) >>> 0;
    return number / 2 ** 32;
  };
}
