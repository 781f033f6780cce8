import type { EngineReader } from '../engine/engine.ts';
import { EnforceError } from '../model/errors.ts';
import { configuredPorts } from '../model/published-ports.ts';
import type { ContainerInspect } from '../model/snapshot.ts';

/** What one reading of a host may come to; each is many times what the largest real host has. */
const MOST = {
  containers: 5_000,
  /** Of everything that was answered, as `weightOf` counts. */
  characters: 128 * 1024 * 1024,
  bindings: 200_000,
  privilegedPorts: 20_000,
  minutes: 15,
};

/**
 * An engine that cannot keep its reader busy, or fill its memory, without end: each answer by itself has its bounds, and
 * so has everything together. A host that goes beyond fails, and with it nobody else.
 */
export function boundedReader(engine: EngineReader, now: () => number): EngineReader {
  const begun = now();
  const spent = { characters: 0, bindings: 0, privilegedPorts: 0 };
  const weighed = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
    if (now() - begun > MOST.minutes * 60_000) throw tooMuch(`is not read after ${MOST.minutes} minutes`);
    const answer = await ask();
    spent.characters += weightOf(answer);
    if (spent.characters > MOST.characters)
      throw tooMuch(`describes itself in more than ${MOST.characters / 1024 / 1024} MiB`);
    return answer;
  };
  const countPorts = (inspect: ContainerInspect): void => {
    const ports = configuredPorts(inspect);
    spent.bindings += ports.length;
    for (const { hostPort, hostPortEnd } of ports)
      if (hostPort < 1024) spent.privilegedPorts += hostPortEnd - hostPort + 1;
    if (spent.bindings > MOST.bindings) throw tooMuch(`says that it publishes more than ${MOST.bindings} ports`);
    if (spent.privilegedPorts > MOST.privilegedPorts)
      throw tooMuch(`says that it publishes more than ${MOST.privilegedPorts} ports below 1024`);
  };
  return {
    facts: (extent) => weighed(() => engine.facts(extent)),
    time: () => weighed(() => engine.time()),
    async list() {
      const summaries = await weighed(() => engine.list());
      if (summaries.length > MOST.containers)
        throw tooMuch(`lists ${summaries.length} containers; more than ${MOST.containers} are not believed`);
      return summaries;
    },
    async inspect(id) {
      const inspect = await weighed(() => engine.inspect(id));
      if (inspect) countPorts(inspect);
      return inspect;
    },
    image: (reference) => weighed(() => engine.image(reference)),
    network: (reference) => weighed(() => engine.network(reference)),
    hasVolume: (name) => weighed(() => engine.hasVolume(name)),
    changes: (id) => weighed(() => engine.changes(id)),
    isFolder: (id, path) => weighed(() => engine.isFolder(id, path)),
    logs: (id, lines) => weighed(() => engine.logs(id, lines)),
    // A stream has bounds of its own.
    archive: (id, path) => engine.archive(id, path),
    linkTarget: (id, path) => weighed(() => engine.linkTarget(id, path)),
    imageNames: (prefix) => weighed(() => engine.imageNames(prefix)),
  };
}

/** Characters of all texts and names, and some for each value, as even an empty one takes room. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let weight = 16;
  if (Array.isArray(value)) for (const item of value) weight += weightOf(item);
  else for (const [key, item] of Object.entries(value)) weight += key.length + weightOf(item);
  return weight;
}

function tooMuch(what: string): EnforceError {
  return new EnforceError('engine', `the host ${what}`, {
    hint: 'the host may be faulty or hostile; nothing of what it said was used',
  });
}
