import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { createContainer, removeContainer } from './container.mjs';
import { exercise, expectationOf } from './exercise.mjs';
import { FOLDER } from './image.mjs';
import { DEFAULT } from './service.mjs';

/** How much longer a trial may take that was too slow once. */
const PATIENT = 2.5;
/** With more first failures than this that a second trial did not have, there is no truth to be had. */
const UNSTEADY = 3;
/** Which of them is tried first where the required ones together are not enough: the likeliest first. */
const LIKELIEST = ['DAC_OVERRIDE', 'CHOWN', 'SETUID', 'SETGID', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SYS_CHROOT'];

/**
 * What a case needs, found by trial alone: every capability is taken away on its own, then all that could be missed are
 * taken away together, then each of what is left once more. A failure counts when it happens twice.
 */
export async function measure(subject, atOnce) {
  const begun = performance.now();
  const template = await stateOf(subject);
  try {
    const full = [...DEFAULT, ...subject.extra];
    const expected = await baselineOf(subject, template);
    const attempt = attempts(subject, expected, template);
    const limit = pLimit(subject.network === 'host' ? 1 : atOnce);
    const singles = await Promise.all(
      full.map((name) => limit(async () => [name, await attempt(without(full, name))])),
    );
    const required = singles.filter(([, { passed }]) => !passed).map(([name]) => name);
    const isUnsteady = singles.filter(([, { tries, passed }]) => passed && tries > 1).map(([name]) => name);
    if (isUnsteady.length > UNSTEADY)
      throw new Error(`${subject.case} passes or fails by chance: ${isUnsteady.join(' ')}`);
    const enough = await enoughFrom(required, full, attempt);
    const minimum = await smallestOf(enough, attempt, limit);
    return {
      ...described(subject),
      minimum: inOrder(minimum, full),
      required: inOrder(required, full),
      labels: labelsOf(singles, minimum, expected),
      isRequiredEnough: enough.length === required.length,
      failures: Object.fromEntries(singles.filter(([, { passed }]) => !passed).map(([name, one]) => [name, one.why])),
      isUnsteady,
      trials: attempt.counted(),
      seconds: Math.round((performance.now() - begun) / 1000),
      expected,
    };
  } finally {
    forgetState(template);
  }
}

/** What trials of a case are held against: two runs with all that Docker gives. */
async function baselineOf(subject, template) {
  const runs = [];
  for (const round of ['first', 'second']) {
    const run = await tryOut(subject, null, null, template);
    if (!run.passed)
      throw new Error(`${subject.case} does not work at all (${round} run, ${run.step}): ${run.because}`);
    runs.push(run);
  }
  return expectationOf(runs);
}

/** One trial of a set in a container of its own, from the same state as every other; null is what Docker gives. */
export async function tryOut(subject, set, expected, template) {
  const rights = set === null ? { CapAdd: subject.extra } : { CapDrop: ['ALL'], CapAdd: set };
  const made = await createContainer(subject, rights, template);
  try {
    return await exercise(subject, made.container, expected);
  } finally {
    await removeContainer(made);
  }
}

/** Copies of the volumes that are `initialised`, as a first run with everything left them; null where there are none. */
export async function stateOf(subject) {
  const paths = Object.entries(subject.volumes).filter(([, state]) => state === 'initialised');
  if (paths.length === 0) return null;
  const template = { folder: join(FOLDER, 'states', subject.case) };
  rmSync(template.folder, { recursive: true, force: true });
  mkdirSync(template.folder, { recursive: true });
  const made = await createContainer(subject, { CapAdd: subject.extra });
  try {
    const run = await exercise(subject, made.container);
    if (!run.passed) throw new Error(`${subject.case} cannot be initialised (${run.step}): ${run.because}`);
    for (const { path, mountpoint } of made.mounts.filter(({ path }) => subject.volumes[path] === 'initialised')) {
      template[path] = join(template.folder, path.replaceAll('/', '_'));
      execFileSync('cp', ['-aT', mountpoint, template[path]]);
    }
  } finally {
    await removeContainer(made);
  }
  return template;
}

export function forgetState(template) {
  if (template !== null) rmSync(template.folder, { recursive: true, force: true });
}

/** Each of them taken away alone: many at once, but a failure is repeated with nothing beside it. */
async function singlesOf(full, attempt, limit) {
  const hurried = await Promise.all(full.map((name) => limit(() => attempt(without(full, name), 1))));
  const singles = [];
  for (const [at, name] of full.entries()) {
    const again = hurried[at].passed ? hurried[at] : { ...(await attempt(without(full, name), 1, PATIENT)), tries: 2 };
    singles.push([name, again]);
  }
  return singles;
}

function attempts(subject, expected, template) {
  let count = 0;
  const attempt = async (set, most = 2, patience = 1) => {
    for (let tries = 1; ; tries++) {
      count++;
      const run = await tryOut(subject, set, { ...expected, patience: tries === 1 ? patience : PATIENT }, template);
      const why = run.passed ? null : { step: run.step, because: run.because };
      if (run.passed || tries === most) return { passed: run.passed, tries, why, complaints: run.complaints };
    }
  };
  attempt.counted = () => count;
  return attempt;
}

/** Grows from the required ones, one at a time, and where no single one helps shrinks from all of them. */
async function enoughFrom(required, full, attempt) {
  if ((await attempt(required)).passed) return required;
  const others = [...LIKELIEST, ...full].filter((name, at, all) => full.includes(name) && all.indexOf(name) === at);
  for (const name of others.filter((one) => !required.includes(one))) {
    if ((await attempt([...required, name])).passed) return [...required, name];
  }
  return full;
}

/** Takes away what can go while the rest is small: what was missed among many may not be missed among few. */
async function smallestOf(enough, attempt, limit) {
  const alone = await Promise.all(enough.map((name) => limit(() => attempt(without(enough, name), 1))));
  let left = enough;
  for (const name of enough.filter((_, at) => alone[at].passed)) {
    if ((await attempt(without(left, name))).passed) left = without(left, name);
  }
  return left;
}

function labelsOf(singles, minimum, expected) {
  const labelOf = (name, complaints) => {
    if (minimum.includes(name)) return 'required';
    return complaints.some((line) => !expected.complaints.includes(line)) ? 'tolerated' : 'unneeded';
  };
  return Object.fromEntries(singles.map(([name, { complaints }]) => [name, labelOf(name, complaints)]));
}

function described({ case: name, name: service, isHeldOut, network, volumes, user, runAs, extra, packages }) {
  return { case: name, service, isHeldOut, network, volumes, user: runAs ?? user ?? 'root', extra, packages };
}

function without(set, name) {
  return set.filter((one) => one !== name);
}

function inOrder(set, full) {
  return full.filter((name) => set.includes(name));
}
