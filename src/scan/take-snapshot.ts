import pLimit from 'p-limit';
import type { ContainerSummary, EngineReader } from '../engine/engine.ts';
import { addressText } from '../model/inventory.ts';
import type { Host } from '../model/inventory.ts';
import type { Known } from '../model/machine.ts';
import type { Container, ContainerInspect, Snapshot } from '../model/snapshot.ts';
import { withoutSecrets } from '../model/without-secrets.ts';
import { configDigest } from './config-digest.ts';
import { digestSecrets } from './digest-secrets.ts';
import { machineFacts } from './machine-facts.ts';
import type { MachineQuestion } from './machine-script.ts';
import { machineScript } from './machine-script.ts';

const SCRIPT_LIMITS = { deadlineMilliseconds: 20_000, maximumBytes: 8 * 1024 * 1024 };

/** The part of a connection that a scan needs beside the engine. */
export interface ScanSource {
  readonly host: Host;
  /** Requests that may be under way at once. */
  readonly channels: number;
  readonly runScript:
    | ((
        script: string,
        limits: typeof SCRIPT_LIMITS,
      ) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>)
    | undefined;
}

/**
 * Reads one host: its engine, its containers and what its kernel tells, all under way together. A container that goes
 * away meanwhile is not in the snapshot; what the kernel does not tell is marked as not known and fails nothing.
 */
export async function takeSnapshot(
  engine: EngineReader,
  source: ScanSource,
  { now }: { readonly now: string },
): Promise<Snapshot> {
  const listed = engine.list();
  const [facts, containers, output] = await Promise.all([
    engine.facts(),
    listed.then((summaries) => readContainers(engine, summaries, source.channels)),
    listed.then((summaries) => runMachineScript(source, summaries)),
  ]);
  return {
    host: source.host.name,
    address: addressText(source.host.address),
    takenAt: now,
    engine: facts,
    containers,
    machine: machineFacts(output, facts, new Set(containers.map(({ id }) => id))),
  };
}

async function readContainers(
  engine: EngineReader,
  summaries: readonly ContainerSummary[],
  channels: number,
): Promise<readonly Container[]> {
  const limit = pLimit(channels);
  try {
    const inspects = await limit.map(summaries, ({ id }) => engine.inspect(id));
    return inspects
      .flatMap((inspect) => (inspect ? [containerOf(inspect)] : []))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    // The host has failed; what still waits must not go on asking it.
    limit.clearQueue();
    throw error;
  }
}

/** One container as a snapshot holds it: without secrets, and with the digest that tells whether it changed. */
export function containerOf(inspect: ContainerInspect): Container {
  const digested = digestSecrets(inspect);
  return {
    id: digested.Id,
    name: digested.Name.replace(/^\//, ''),
    inspect: digested,
    configDigest: configDigest(digested),
  };
}

async function runMachineScript(
  { runScript }: ScanSource,
  summaries: readonly ContainerSummary[],
): Promise<Known<string>> {
  if (!runScript) {
    return { known: false, because: 'this way to the engine has no shell on the host; reach it over ssh' };
  }
  try {
    const { exitCode, stdout, stderr } = await runScript(machineScript(questionsOn(summaries)), SCRIPT_LIMITS);
    if (exitCode === 0) return { known: true, value: stdout };
    return { known: false, because: `the host's shell could not tell (exit ${exitCode}): ${firstLine(stderr)}` };
  } catch (error) {
    return {
      known: false,
      because: `the host's shell could not be used: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Who holds a socket of the host, and which units run containers, matters only where a container may be meant. */
function questionsOn(summaries: readonly ContainerSummary[]): readonly MachineQuestion[] {
  return [
    ...(summaries.some(({ networkMode }) => networkMode === 'host') ? (['holders'] as const) : []),
    ...(summaries.some(mayBelongToUnit) ? (['units'] as const) : []),
  ];
}

/** What says itself that another made it needs no looking for. */
function mayBelongToUnit({ state, labels }: ContainerSummary): boolean {
  return state === 'running' && !MADE_BY_OTHERS.some((label) => Object.hasOwn(labels, label));
}

const MADE_BY_OTHERS = ['com.docker.compose.project', 'com.docker.swarm.task.id', 'io.kubernetes.pod.name'];

function firstLine(text: string): string {
  const [line = ''] = withoutSecrets(text).trim().split('\n');
  return line === '' ? 'no reason given' : line;
}
