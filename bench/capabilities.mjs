// node bench/capabilities.mjs COMMAND [CASE ..]: which capabilities real services need, found by trial alone, and how near
// to that comes what is predicted for them. The services are Debian's packages, run as official images run them; how one
// is added from a file is in bench/capabilities/CASES.md.
//
//   list                     the cases, and which of them are held back from tuning
//   layers [CASE ..]         fetches packages; needs Debian's mirror and no engine
//   try [CASE ..]            one run with all that Docker gives: does the case itself work?
//   measure [CASE ..]        finds the truth of the cases that have none yet (--again: of all); about two minutes each
//   predict MODULE [CASE ..] lets a module predict and apply, and holds it against the truth
//   table                    the truth and the predictions, case by case, and what they come to
//   truth                    the truth as JSON, for bench/capabilities/truth.jsonl
//
// --cases FOLDER   more cases, of your own (may be repeated)     --held-out, --tuning   only these
// Needs root, debootstrap and an engine that shares this machine's files and processes (/var/run/docker.sock, or
// DOCKER_HOST). What it makes there it labels and removes, but for images (`docker rmi $(docker images -q
// 'enforce-bench/*')`). ENFORCE_BENCH (/var/tmp/enforce-bench) keeps layers and results; ENFORCE_BENCH_AT_ONCE=1 is how
// many trials of a case run at once.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CLIENT, removeClients } from './capabilities/client.mjs';
import { removeLeftovers } from './capabilities/container.mjs';
import { layerOf } from './capabilities/image.mjs';
import { predict, predictorAt } from './capabilities/predictions.mjs';
import { keepResult, readResults } from './capabilities/results.mjs';
import { readCases } from './capabilities/service.mjs';
import { caseTable, summary } from './capabilities/table.mjs';
import { measure, tryOut } from './capabilities/truth.mjs';

const FOLDER = join(import.meta.dirname, 'capabilities', 'cases');
const TRUTH = join(import.meta.dirname, 'capabilities', 'truth.jsonl');
const AT_ONCE = Number(process.env.ENFORCE_BENCH_AT_ONCE ?? 1);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', multiple: true, default: [] },
    again: { type: 'boolean', default: false },
    'held-out': { type: 'boolean', default: false },
    tuning: { type: 'boolean', default: false },
  },
});
const [command, ...words] = positionals;
const everyCase = await readCases([FOLDER, ...values.cases]);
const COMMANDS = { list, layers, try: tryThem, measure: measureThem, predict: predictThem, table, truth };

if (COMMANDS[command] === undefined) throw new Error(`a command is one of ${Object.keys(COMMANDS).join(', ')}`);
await COMMANDS[command](words);

function list(names) {
  for (const { case: name, isHeldOut } of chosen(names)) console.log(`${name}${isHeldOut ? '  held out' : ''}`);
}

function layers(names) {
  for (const { case: name, packages } of [{ case: CLIENT.name, ...CLIENT }, ...chosen(names)]) {
    try {
      console.log(`${name}  ${layerOf(packages)}`);
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}

async function tryThem(names) {
  await forEach(chosen(names), async (subject) => {
    const { passed, step, because, seen, complaints } = await tryOut(subject, null, null, null);
    console.log(`${subject.case.padEnd(24)} ${passed ? 'works' : `fails at ${step}: ${because}`}`);
    if (!passed) process.exitCode = 1;
    const [last = []] = seen.identities.slice(-1);
    const times = [...seen.workSeconds, seen.stopSeconds].map((seconds) => seconds.toFixed(1)).join(' ');
    console.log(`    ${times} s, code ${seen.stopCode}; ${last.join(', ')}; ${seen.listeners[0]}`);
    for (const line of complaints) console.log(`    ${line}`);
  });
}

async function measureThem(names) {
  const known = new Set(
    readResults()
      .filter(({ kind }) => kind === 'truth')
      .map(({ case: name }) => name),
  );
  const wanted = chosen(names).filter(({ case: name }) => values.again || !known.has(name));
  await forEach(wanted, async (subject) => {
    const truth = await measure(subject, AT_ONCE);
    keepResult({ kind: 'truth', at: new Date().toISOString(), ...truth });
    console.log(
      `${truth.case.padEnd(24)} ${truth.minimum.join(' ') || '–'}  (${truth.trials} trials, ${truth.seconds} s)`,
    );
  });
}

async function predictThem([path = '', ...names]) {
  const module = await predictorAt(path);
  const truths = new Map(knownTruths().map((one) => [one.case, one]));
  const known = chosen(names).filter(({ case: name }) => truths.has(name));
  await forEach(known, async (subject) => {
    for (const result of await predict(subject, module, truths.get(subject.case))) {
      keepResult(result);
      const { kind, capabilities, works, because } = result;
      const said = works ? 'works' : `does not work: ${because}`;
      console.log(`${subject.case.padEnd(24)} ${kind.padEnd(9)} ${capabilities.join(' ') || '–'}  ${said}`);
    }
  });
}

function table() {
  const results = [...knownTruths(), ...readResults().filter(({ kind }) => kind !== 'truth')];
  console.log(`${caseTable(results)}\n\n${summary(results)}`);
}

/** A line for each case, by name; of what a trial looked like only what others are held against. */
function truth() {
  for (const { expected, failures, ...one } of knownTruths().sort((a, b) => (a.case < b.case ? -1 : 1))) {
    const said = Object.entries(failures).map(([name, { step, because }]) => [
      name,
      { step, because: because.slice(0, 160) },
    ]);
    console.log(
      JSON.stringify({ ...one, failures: Object.fromEntries(said), expected: { ...expected, complaints: [] } }),
    );
  }
}

/** Measured here, else what is kept in the repository. */
function knownTruths() {
  const all = [...readResults(TRUTH), ...readResults()].filter(({ kind }) => kind === 'truth');
  return [...new Map(all.map((one) => [one.case, one])).values()];
}

/** One after the other; what one of them cannot do does not keep the others. */
async function forEach(subjects, act) {
  await removeLeftovers();
  try {
    for (const subject of subjects) {
      await act(subject).catch((error) => {
        console.error(`${subject.case}: ${error.message}`);
        process.exitCode = 1;
      });
    }
  } finally {
    await removeClients();
  }
}

/** Named by case or by service, in the order they are named; all where none is named. */
function chosen(names) {
  const named = names.flatMap((name) => everyCase.filter((one) => one.case === name || one.name === name));
  return [...new Set(names.length === 0 ? everyCase : named)].filter(
    ({ isHeldOut }) => !(values['held-out'] && !isHeldOut) && !(values.tuning && isHeldOut),
  );
}
