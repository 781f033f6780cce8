import type { ContainerSummary, EngineReader } from '../engine/engine.ts';
import { addressText } from '../model/inventory.ts';
import type { Host } from '../model/inventory.ts';
import type { Container, ContainerInspect, Snapshot } from '../model/snapshot.ts';
import { askMachine, isOnHostNetwork } from './ask-machine.ts';
import { configDigest } from './config-digest.ts';
import { digestSecrets } from './digest-secrets.ts';
import { machineFacts } from './machine-facts.ts';
import type { MachineQuestion } from './machine-script.ts';
import { readContainers } from './read-containers.ts';

/** The part of a connection that a scan needs beside the engine. */
export interface ScanSource {
  readonly host: Host;
  /** Requests that may be under way at once. */
  readonly channels: number;
  readonly runScript:
    | ((
        script: string,
        limits: { readonly deadlineMilliseconds: number; readonly maximumBytes: number },
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
    listed.then((summaries) => readContainers(engine, summaries, source.channels, containerOf)),
    listed.then((summaries) => askMachine(source, questionsOn(summaries))),
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

/** One container as a snapshot holds it: without secrets, and with the digest that tells whether it changed. */
export function containerOf(inspect: ContainerInspect): Container {
  const digested = digestSecrets(inspect);
  return { ...namedContainer(digested), configDigest: configDigest(digested) };
}

/** The same where nothing is planned from it: without the digest. */
export function glancedContainer(inspect: ContainerInspect): Container {
  return { ...namedContainer(digestSecrets(inspect)), configDigest: '' };
}

/** One that was glanced at before, and kept: no secret is in it any more. */
export function rememberedContainer(inspect: ContainerInspect): Container {
  return { ...namedContainer(inspect), configDigest: '' };
}

function namedContainer(inspect: ContainerInspect): Pick<Container, 'id' | 'name' | 'inspect'> {
  return { id: inspect.Id, name: inspect.Name.replace(/^\//, ''), inspect };
}

/** Who holds a socket of the host, and which units run containers, matters only where a container may be meant. */
function questionsOn(summaries: readonly ContainerSummary[]): readonly MachineQuestion[] {
  return [
    ...(summaries.some(isOnHostNetwork) ? (['holders'] as const) : []),
    ...(summaries.some(mayBelongToUnit) ? (['units'] as const) : []),
  ];
}

/** What says itself that another made it needs no looking for. */
function mayBelongToUnit({ state, labels }: ContainerSummary): boolean {
  return state === 'running' && !MADE_BY_OTHERS.some((label) => Object.hasOwn(labels, label));
}

const MADE_BY_OTHERS = ['com.docker.compose.project', 'com.docker.swarm.task.id', 'io.kubernetes.pod.name'];
