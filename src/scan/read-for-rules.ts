import type { ContainerSummary, EngineReader } from '../engine/engine.ts';
import { addressText } from '../model/inventory.ts';
import type { MachineFacts } from '../model/machine.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { askMachine, isOnHostNetwork } from './ask-machine.ts';
import { machineFacts } from './machine-facts.ts';
import { inOrderOfNames, readContainers } from './read-containers.ts';
import { rowDigest } from './row-digest.ts';
import type { ScanSource } from './take-snapshot.ts';
import { glancedContainer } from './take-snapshot.ts';

/** What rules need of one host. */
export interface RuleReading {
  /** With the containers that were asked for, and those that tell what is meant by them; nothing can be planned from it. */
  readonly snapshot: Snapshot;
  /** How many containers of the host were asked for, and what all of them are called, by the list. */
  readonly containers: number;
  /** How many of them were not looked at again. */
  readonly remembered: number;
  readonly names: readonly string[];
}

/** How much of a host is read. */
export interface RuleScope {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly wants: (summary: ContainerSummary) => boolean;
  /** What the report will tell of the engine. */
  readonly tells: 'identity' | 'nothing';
  /** Absent: everything is looked at. */
  readonly memory?: ScanMemory;
}

/** What an earlier scan saw of containers that an engine lists as it did then. */
export interface ScanMemory {
  /** The container as it was seen when its row had this digest; undefined where it was not, or that is too long ago. */
  readonly recall: (id: string, digest: string) => Container | undefined;
  /** Tells what was seen now. */
  readonly keep: (digest: string, container: Container) => void;
}

/**
 * Reads one host for its rules to be held against. Of the list only what is wanted is inspected, and the kernel is asked
 * only where a container is in the host's own network: nowhere else do rules look at what it tells. What shares a network
 * is never taken from memory, as it is held against processes, which have other numbers after each start.
 */
export async function readForRules(
  engine: EngineReader,
  source: ScanSource,
  { now, wants, tells, memory }: RuleScope,
): Promise<RuleReading> {
  const listed = engine.list();
  const [facts, summaries, { containers, remembered }, output] = await Promise.all([
    tells === 'identity' ? engine.facts() : listed.then((all) => engine.facts(extentFor(all))),
    listed,
    listed.then((all) => readNeeded(engine, source.channels, all.filter(isNeeded(wants)), memory)),
    listed.then((all) => (all.some(isOnHostNetwork) ? askMachine(source, ['holders']) : undefined)),
  ]);
  const snapshot: Snapshot = {
    host: source.host.name,
    address: addressText(source.host.address),
    takenAt: now,
    engine: facts,
    containers,
    machine: output ? machineFacts(output, facts, new Set(summaries.map(({ id }) => id))) : NOT_ASKED,
  };
  return {
    snapshot,
    containers: summaries.filter(wants).length,
    remembered,
    names: summaries.flatMap(({ names }) => names.filter((name) => !name.includes('/')).slice(0, 1)),
  };
}

async function readNeeded(
  engine: EngineReader,
  channels: number,
  needed: readonly ContainerSummary[],
  memory: ScanMemory | undefined,
): Promise<Pick<RuleReading, 'remembered'> & Pick<Snapshot, 'containers'>> {
  if (!memory) return { containers: await readContainers(engine, needed, channels, glancedContainer), remembered: 0 };
  const rows = new Map(needed.map((listed) => [listed.id, { listed, digest: rowDigest(listed.row) }] as const));
  const known = [...rows.values()].flatMap(({ listed, digest }) => {
    const recalled = sharesNetwork(listed) ? undefined : memory.recall(listed.id, digest);
    return recalled && isAsListed(recalled, listed) ? [recalled] : [];
  });
  const recalled = new Set(known.map(({ id }) => id));
  const others = needed.filter(({ id }) => !recalled.has(id));
  const seen = await readContainers(engine, others, channels, glancedContainer);
  for (const container of seen) {
    const row = rows.get(container.id);
    // Between the list and the look at it something may have been done to it.
    if (row && isAsListed(container, row.listed)) memory.keep(row.digest, container);
  }
  return { containers: inOrderOfNames([...known, ...seen]), remembered: known.length };
}

function isAsListed({ name, inspect }: Container, { names, state }: ContainerSummary): boolean {
  return names.includes(name) && inspect.State.Running === (state === 'running' || state === 'paused');
}

/** Whether a shell runs where the engine does is told by the engine's name. */
function extentFor(summaries: readonly ContainerSummary[]): 'version' | undefined {
  return summaries.some(isOnHostNetwork) ? undefined : 'version';
}

/** Beside what is wanted: whose network another may share, and what says that it was put in another's place. */
function isNeeded(wants: (summary: ContainerSummary) => boolean): (summary: ContainerSummary) => boolean {
  return (summary) => wants(summary) || sharesNetwork(summary) || Object.hasOwn(summary.labels, 'io.enforce.replaces');
}

function sharesNetwork(summary: ContainerSummary): boolean {
  return isOnHostNetwork(summary) || summary.networkMode.startsWith('container:');
}

const UNASKED = { known: false, because: 'it was not asked for' } as const;
const NOT_ASKED: MachineFacts = {
  listeners: UNASKED,
  ephemeralPorts: UNASKED,
  shell: UNASKED,
  network: UNASKED,
  units: UNASKED,
};
