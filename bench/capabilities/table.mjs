import { DEFAULT } from './service.mjs';

const PODMAN = DEFAULT.filter((name) => !['AUDIT_WRITE', 'MKNOD', 'NET_RAW'].includes(name));
const KUBERNETES = DEFAULT.filter((name) => name !== 'NET_RAW');
const USUAL = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];
const FALLBACK = [...USUAL, 'KILL', 'NET_BIND_SERVICE', 'SYS_CHROOT'];
/** Sets that are the same for every container. */
const FIXED = {
  "docker's default": DEFAULT,
  'default without NET_RAW': KUBERNETES,
  "podman's default": PODMAN,
  'the eight, no evidence': FALLBACK,
  'the five of many images': USUAL,
};
const WIDTHS = [26, 5, 9, 16, 16, 46, 9, 12, 12, 8];

function endOf(applied) {
  if (applied === undefined) return '–';
  return `${applied.result}${applied.works ? '' : ', broken'}${applied.isFirstTry === false ? ', widened' : ''}`;
}

/** The truth and what was predicted, a line for each case. */
export function caseTable(results) {
  const find = (kind, name) => results.find((one) => one.kind === kind && one.case === name);
  const head = [
    'case',
    'held',
    "docker's",
    'kept, unobserved',
    'kept, observed',
    'needed',
    'starts',
    'unwatched',
    'watched',
    'seconds',
  ];
  const rows = truths(results).map((truth) => {
    const applied = find('applied', truth.case);
    return [
      truth.case,
      truth.isHeldOut ? 'out' : '',
      String(DEFAULT.length + truth.extra.length),
      keptIn(find('static', truth.case), truth),
      keptIn(find('observed', truth.case), truth),
      `${truth.minimum.length}: ${truth.minimum.join(' ') || '–'}`,
      String(applied?.starts ?? '–'),
      endOf(applied),
      endOf(find('applied-watched', truth.case)),
      String(applied?.seconds ?? truth.seconds),
    ];
  });
  return [head, ...rows].map((row) => row.map((cell, at) => cell.padEnd(WIDTHS[at])).join(' ')).join('\n');
}

/** How near each predictor came to the truth: over all cases, those held back, and those that could be tuned on. */
export function summary(results) {
  const parts = { 'all cases': () => true, 'held out': (one) => one.isHeldOut, 'for tuning': (one) => !one.isHeldOut };
  return Object.entries(parts)
    .map(([title, isIn]) => partSummary(title, truths(results).filter(isIn), results))
    .join('\n\n');
}

function partSummary(title, chosen, results) {
  const rows = [...fixedRows(chosen), ...predictedRows(chosen, results)].filter(({ pairs }) => pairs.length > 0);
  const lines = rows.map(({ name, pairs }) => scoreLine(name, pairs));
  const head = 'cases  cover (95 %)          exact  precision  recall  kept  first trial';
  return [`${title}: ${chosen.length}`.padEnd(34) + head, ...lines, ...appliedLines(chosen, results)].join('\n');
}

function fixedRows(chosen) {
  return Object.entries(FIXED).map(([name, set]) => ({
    name,
    pairs: chosen.map((truth) => ({ truth, set: [...set, ...(set === DEFAULT ? truth.extra : [])] })),
  }));
}

function predictedRows(chosen, results) {
  const rows = { static: [], observed: [] };
  for (const truth of chosen) {
    for (const kind of ['static', 'observed']) {
      const found = results.find((one) => one.kind === kind && one.case === truth.case);
      if (found === undefined) continue;
      rows[kind].push({ truth, set: found.capabilities, works: found.works });
      for (const [name, set] of Object.entries(found.others)) (rows[name] ??= []).push({ truth, set });
    }
  }
  return Object.entries(rows).map(([name, pairs]) => ({ name, pairs }));
}

function scoreLine(name, pairs) {
  const hits = pairs.map(({ truth, set }) => truth.minimum.filter((one) => set.includes(one)).length);
  const covered = pairs.filter(({ truth }, at) => hits[at] === truth.minimum.length).length;
  const exact = pairs.filter(
    ({ truth, set }, at) => hits[at] === truth.minimum.length && set.length === hits[at],
  ).length;
  const [hit, kept] = [sum(hits), sum(pairs.map(({ set }) => set.length))];
  const needed = sum(pairs.map(({ truth }) => truth.minimum.length));
  const tried = pairs.filter(({ works }) => works !== undefined);
  return [
    `  ${name}`.padEnd(34),
    String(pairs.length).padEnd(7),
    `${share(covered, pairs.length)} ${interval(covered, pairs.length)}`.padEnd(21),
    String(exact).padEnd(7),
    share(hit, kept).padEnd(11),
    share(hit, needed).padEnd(8),
    (kept / pairs.length).toFixed(1).padEnd(6),
    tried.length === 0 ? '–' : share(tried.filter(({ works }) => works).length, tried.length),
  ].join('');
}

function appliedLines(chosen, results) {
  const kinds = { applied: 'applied, unwatched', 'applied-watched': 'applied, watched before' };
  return Object.entries(kinds).flatMap(([kind, title]) => appliedLine(title, kind, chosen, results));
}

function appliedLine(title, kind, chosen, results) {
  const truthOf = new Map(chosen.map((truth) => [truth.case, truth]));
  const done = results.filter((one) => one.kind === kind && truthOf.has(one.case));
  if (done.length === 0) return [];
  const count = (test) => done.filter(test).length;
  const kept = (sum(done.map(({ capabilities }) => capabilities.length)) / done.length).toFixed(1);
  const works = count((one) => one.works);
  const first = count(({ isFirstTry }) => isFirstTry);
  return [
    `  ${title}: ${done.length}, ${count(({ result }) => result === 'applied')} kept the change, ` +
      `${first} at the first try, ${works} work afterwards ${interval(works, done.length)}, ` +
      `${count((one) => one.isSilentFailure)} failures let through, ${kept} kept`,
  ];
}

/** Wilson's interval of a share, 95 %. */
function interval(hits, all) {
  const z = 1.96;
  const middle = (hits + z ** 2 / 2) / (all + z ** 2);
  const reach = (z / (all + z ** 2)) * Math.sqrt((hits * (all - hits)) / all + z ** 2 / 4);
  return `[${Math.max(0, middle - reach).toFixed(2)}, ${Math.min(1, middle + reach).toFixed(2)}]`;
}

/** How many are kept, and whether what is needed is among them. */
function keptIn(prediction, { minimum }) {
  if (prediction === undefined) return '–';
  const missing = minimum.filter((name) => !prediction.capabilities.includes(name));
  return `${prediction.capabilities.length}${missing.length > 0 ? ` lacks ${missing.join(' ')}` : ''}`;
}

function truths(results) {
  return results.filter(({ kind }) => kind === 'truth').sort((a, b) => (a.case < b.case ? -1 : 1));
}

function share(part, whole) {
  return whole === 0 ? '1.00' : (part / whole).toFixed(2);
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
