import type { ContainerSummary, EngineReader } from '../engine/engine.ts';
import { addressText } from '../model/inventory.ts';
import type { MachineFacts } from '../model/machine.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { askMachine, isOnHostNetwork } from './ask-machine.ts';
import { machineFacts } from './machine-facts.ts';
import { readContainers } from './read-containers.ts';
import type { ScanSource } from './take-snapshot.ts';
import { glancedContainer } from './take-snapshot.ts';

/** What rules need of one host. */
export interface RuleReading {
  /** With the containers that were asked for, and those that tell what is meant by them; nothing can be planned from it. */
  readonly snapshot: Snapshot;
  /** How many containers the host has, and what they are called, by the list. */
  readonly containers: number;
  readonly names: readonly string[];
}

/** How much of a host is read. */
export interface RuleScope {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly wants: (summary: ContainerSummary) => boolean;
  /** What the report will tell of the engine. */
  readonly tells: 'identity' | 'nothing';
}

/**
 * Reads one host for its rules to be held against. Of the list only what is wanted is inspected, and the kernel is asked
 * only where a container is in the host's own network: nowhere else do rules look at what it tells.
 */
export async function readForRules(
  engine: EngineReader,
  source: ScanSource,
  { now, wants, tells }: RuleScope,
): Promise<RuleReading> {
  const listed = engine.list();
  const [facts, summaries, containers, output] = await Promise.all([
    tells === 'identity' ? engine.facts() : listed.then((all) => engine.facts(extentFor(all))),
    listed,
    listed.then((all) => readContainers(engine, all.filter(isNeeded(wants)), source.channels, glancedContainer)),
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
    containers: summaries.length,
    names: summaries.flatMap(({ names }) => names.filter((name) => !name.includes('/')).slice(0, 1)),
  };
}

/** Whether a shell runs where the engine does is told by the engine's name. */
function extentFor(summaries: readonly ContainerSummary[]): 'version' | undefined {
  return summaries.some(isOnHostNetwork) ? undefined : 'version';
}

/** Beside what is wanted: whose network another may share, and what says that it was put in another's place. */
function isNeeded(wants: (summary: ContainerSummary) => boolean): (summary: ContainerSummary) => boolean {
  return (summary) =>
    wants(summary) ||
    isOnHostNetwork(summary) ||
    summary.networkMode.startsWith('container:') ||
    Object.hasOwn(summary.labels, 'io.enforce.replaces');
}

const UNASKED = { known: false, because: 'it was not asked for' } as const;
const NOT_ASKED: MachineFacts = {
  listeners: UNASKED,
  ephemeralPorts: UNASKED,
  shell: UNASKED,
  network: UNASKED,
  units: UNASKED,
};
