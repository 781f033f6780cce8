import { resolve } from 'node:path';
import { createContainer, engine, removeContainer } from './container.mjs';
import { clientOf, exercise, waitUntilItWorks } from './exercise.mjs';
import { DEFAULT } from './service.mjs';
import { forgetState, stateOf, tryOut } from './truth.mjs';

const KINDS = { static: 'withoutObservation', observed: 'withObservation' };
const CHANGES = { applied: 'apply', 'applied-watched': 'applyWatched' };

/** A module that predicts; CASES.md says what it exports. */
export async function predictorAt(path) {
  const module = await import(resolve(path));
  const known = [...Object.values(KINDS), ...Object.values(CHANGES)];
  if (!known.some((name) => typeof module[name] === 'function')) {
    throw new Error(`${path} exports none of ${known.join(', ')}`);
  }
  return module;
}

/** What a module says of a case and does to it, each on a container of its own, tried out like the truth. */
export async function predict(subject, module, { expected }) {
  const template = await stateOf(subject);
  const results = [];
  try {
    for (const [kind, name] of Object.entries(KINDS).filter(([, name]) => module[name] !== undefined)) {
      const { capabilities, others = {}, details } = await askFor(subject, module[name], template);
      const trial = await tryOut(subject, capabilities, expected, template);
      results.push({ kind, case: subject.case, capabilities, others, details, ...outcomeOf(trial) });
    }
    for (const [kind, name] of Object.entries(CHANGES).filter(([, name]) => module[name] !== undefined)) {
      results.push({ kind, ...(await applied(subject, module[name], expected, template)) });
    }
  } finally {
    forgetState(template);
  }
  return results;
}

async function askFor(subject, ask, template) {
  const made = await runningContainer(subject, template);
  try {
    const answer = await ask(handleOf(subject, made));
    return Array.isArray(answer) ? { capabilities: answer } : answer;
  } finally {
    await removeContainer(made);
  }
}

/** What stands there afterwards under the name is used once more; a gate that was content with less let a failure through. */
async function applied(subject, apply, expected, template) {
  const begun = performance.now();
  const made = await runningContainer(subject, template);
  try {
    const { result, starts = null, isFirstTry = null, details } = await apply(handleOf(subject, made));
    const seconds = Math.round((performance.now() - begun) / 1000);
    const container = engine.getContainer(nameOf(subject));
    const capabilities = heldBy((await container.inspect()).HostConfig);
    await container.stop();
    const outcome = outcomeOf(await exercise(subject, container, expected));
    const isSilentFailure = result === 'applied' && !outcome.works;
    return {
      case: subject.case,
      result,
      starts,
      isFirstTry,
      capabilities,
      seconds,
      isSilentFailure,
      details,
      ...outcome,
    };
  } finally {
    await removeEverythingOf(subject, made);
  }
}

/** As somebody would have it who never heard of capabilities: Docker's default, used once. */
async function runningContainer(subject, template) {
  const made = await createContainer(subject, { CapAdd: subject.extra }, template, nameOf(subject));
  await made.container.start();
  await waitUntilItWorks(subject, made.container);
  return made;
}

function handleOf(subject, { container }) {
  const here = () => engine.getContainer(nameOf(subject));
  /** Asked, reloaded where it can be, and asked again. */
  const serve = async () => {
    await waitUntilItWorks(subject, here());
    if (subject.reload === undefined) return;
    await subject.reload(await clientOf(subject, here()));
    await waitUntilItWorks(subject, here());
  };
  return {
    case: subject.case,
    service: subject.name,
    name: nameOf(subject),
    id: container.id,
    engine,
    work: () => waitUntilItWorks(subject, here()),
    serve,
    /** Restarted and then asked like that: what there is to see of it. */
    async use() {
      await here().restart();
      await serve();
    },
  };
}

/** With the old ones that an apply keeps beside it, under names that begin with the same. */
async function removeEverythingOf(subject, made) {
  const all = await engine.listContainers({ all: true, filters: { name: [`^/?${nameOf(subject)}`] } });
  for (const { Id } of all) await engine.getContainer(Id).remove({ force: true });
  await removeContainer(made);
}

function heldBy({ CapAdd, CapDrop }) {
  const plain = (names) => (names ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ''));
  const [added, dropped] = [plain(CapAdd), plain(CapDrop)];
  const kept = dropped.includes('ALL') ? [] : DEFAULT.filter((name) => !dropped.includes(name));
  return [...new Set([...kept, ...added])];
}

function outcomeOf({ passed, step = null, because = null }) {
  return { works: passed, step, because };
}

function nameOf(subject) {
  return `enforce-bench-${subject.case}`;
}
