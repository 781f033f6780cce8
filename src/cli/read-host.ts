import pLimit from 'p-limit';
import type { EngineReader } from '../engine/engine.ts';
import type { Finding } from '../model/finding.ts';
import { dependantsIn, holdersAmong } from '../model/references.ts';
import type { Container, EngineFacts, Snapshot } from '../model/snapshot.ts';
import type { Assessment } from '../plan/assess.ts';
import { assess, maySelect } from '../plan/assess.ts';
import type { AssessedHost } from '../plan/build-plan.ts';
import { lookAtPaths } from '../scan/look-at-paths.ts';
import { hostPathsOf, readDetails } from '../scan/read-details.ts';
import type { RuleScope } from '../scan/read-for-rules.ts';
import { readForRules } from '../scan/read-for-rules.ts';
import { readRuntime } from '../scan/read-runtime.ts';
import { boundedReader } from '../scan/bounded-reader.ts';
import { takeSnapshot } from '../scan/take-snapshot.ts';
import type { HostSession } from './host-session.ts';
import type { World } from './world.ts';

/** Reads one host and holds it against the rules. */
export async function readHost(
  session: HostSession,
  assessment: Assessment,
  { now, clock }: Pick<World, 'now' | 'clock'>,
): Promise<AssessedHost> {
  const [connection, engine] = await Promise.all([session.connection(), session.engine()]);
  const reader: EngineReader = boundedReader(engine, clock.now);
  const snapshot = await takeSnapshot(reader, connection, { now: now().toISOString() });
  return { snapshot, findings: assess(snapshot, assessment) };
}

/** Reads of one host what its rules need, and holds it against them; nothing else of it is kept. */
export async function glanceAtHost(
  session: HostSession,
  assessment: Assessment,
  scope: Pick<RuleScope, 'tells' | 'memory'>,
  { now, clock }: Pick<World, 'now' | 'clock'>,
): Promise<GlancedHost> {
  const [connection, engine] = await Promise.all([session.connection(), session.engine()]);
  const { snapshot, ...counted } = await readForRules(boundedReader(engine, clock.now), connection, {
    ...scope,
    now: now().toISOString(),
    wants: ({ names: called }) => maySelect(called, assessment),
  });
  return { ...counted, engine: snapshot.engine, findings: assess(snapshot, assessment) };
}

/** What a look at one host came to. */
export interface GlancedHost {
  readonly engine: EngineFacts;
  readonly containers: number;
  /** How many of them were not looked at again. */
  readonly remembered: number;
  readonly names: readonly string[];
  readonly findings: readonly Finding[];
}

/** Adds what a plan needs to know of the containers with open findings: image, writable layer, volumes, networks, binds. */
export async function withDetails(
  { snapshot, findings }: AssessedHost,
  session: HostSession,
  world: Pick<World, 'clock'>,
): Promise<AssessedHost> {
  const found = new Set(openFindings(findings).map(({ containerId }) => containerId));
  // Those that hold on to them may have to be made again too.
  const holders = holdersAmong(snapshot.containers);
  const held = snapshot.containers
    .filter(({ id }) => found.has(id))
    .flatMap((leader) => dependantsIn(leader, holders).map(({ member }) => member.id));
  return { snapshot: await inDetail(snapshot, new Set([...found, ...held]), session, world), findings };
}

/** A snapshot with what a plan needs to know of these containers. */
export async function inDetail(
  snapshot: Snapshot,
  wanted: ReadonlySet<string>,
  session: HostSession,
  { clock }: Pick<World, 'clock'>,
): Promise<Snapshot> {
  const [connection, engine] = await Promise.all([session.connection(), session.engine()]);
  const reader: EngineReader = boundedReader(engine, clock.now);
  const paths = snapshot.containers.flatMap(({ id, inspect }) => (wanted.has(id) ? hostPathsOf(inspect) : []));
  const seen = await lookAtPaths(connection, snapshot.engine, paths);
  const source = {
    channels: connection.channels,
    runScript: connection.runScript,
    engine: reader,
    facts: snapshot.engine,
    seen,
    now: clock.now,
  };
  const once: EngineReader = {
    ...reader,
    changes: askedOnce((id) => reader.changes(id)),
    image: askedOnce((reference) => reader.image(reference)),
    network: askedOnce((reference) => reader.network(reference)),
  };
  const running = await readRuntime(
    { ...source, changes: (id) => once.changes(id) },
    snapshot.containers.filter(({ id }) => wanted.has(id)),
  );
  const limit = pLimit(connection.channels);
  const containers = await limit.map(snapshot.containers, async (container): Promise<Container> => {
    const details = wanted.has(container.id) ? await readDetails(once, container, seen) : undefined;
    const runtime = running.get(container.id);
    return details ? { ...container, details: { ...details, ...(runtime ? { runtime } : {}) } } : container;
  });
  return { ...snapshot, containers };
}

/** What it costs an engine to tell, it tells once. */
function askedOnce<Value>(ask: (id: string) => Promise<Value>): (id: string) => Promise<Value> {
  const answers = new Map<string, Promise<Value>>();
  return (id) => {
    const answer = answers.get(id) ?? ask(id);
    answers.set(id, answer);
    return answer;
  };
}

/** Findings that no exception accepts. */
export function openFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ exception }) => exception === null);
}
