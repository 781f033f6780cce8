import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { EnforceError } from '../model/errors.ts';
import { LABELS, parseRoleName } from '../model/names.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import { endpointsOf } from './endpoints.ts';
import { beforeOf, dependantsOf, markOf } from './marks.ts';
import type { Before, ObservedCandidate, ObservedContainer } from './next.ts';

/** One member of a change on one host: which container, in which run. */
export interface Target {
  readonly container: string;
  readonly run: string;
  /** Id of the container to be replaced, where it is known from the plan. */
  readonly oldId?: string;
}

/** A change as the host shows it now, the leader first. */
export interface Sight {
  readonly members: readonly MemberSight[];
  /** Another run that changes one of these containers, and was first. */
  readonly supersededBy?: string;
}

/** One member as the host shows it, with the engine's own descriptions beside what `next` needs. */
export interface MemberSight {
  readonly target: Target;
  readonly old: ObservedContainer | null;
  readonly candidate: ObservedCandidate | null;
  /** How the old one was, by its own candidate's labels or its leader's. */
  readonly before?: Before;
  readonly oldInspect: ContainerInspect | undefined;
  readonly candidateInspect: ContainerInspect | undefined;
}

/**
 * Reads where a change stands from the host alone: each candidate by its labels, the old one by the label that names its
 * id, the dependants by the leader's label. `known` are the members that are known from elsewhere, the leader first.
 */
export async function observe(engine: Engine, known: readonly Target[], facts: EngineFacts): Promise<Sight> {
  const [leader, ...others] = known;
  if (!leader) throw new EnforceError('refused', 'there is no container to look at');
  const all = await engine.list();
  const first = await look(leader, all, engine, facts);
  const named = first.candidateInspect ? dependantsOf(first.candidateInspect) : [];
  const dependants =
    named.length === 0
      ? others.map((target) => ({ target }))
      : named.map(({ name, id, before }) => ({ target: { container: name, run: leader.run, oldId: id }, before }));
  const members = [first];
  for (const { target, ...told } of dependants) members.push({ ...told, ...(await look(target, all, engine, facts)) });
  const supersededBy = members
    .map(({ oldInspect, target }) => oldInspect && otherRunOf(oldInspect, target))
    .find((run) => run !== undefined);
  return supersededBy === undefined ? { members } : { members: members.map(untouchable), supersededBy };
}

async function look(
  target: Target,
  all: readonly ContainerSummary[],
  engine: Engine,
  facts: EngineFacts,
): Promise<MemberSight> {
  const marked = all.filter(
    ({ labels }) => labels[LABELS.run] === target.run && labels[LABELS.target] === target.container,
  );
  // An image made of a candidate hands its labels on; the name tells which container is the candidate itself.
  const candidate = marked.find(({ names }) => names.some((name) => isOwnName(name, target))) ?? marked[0];
  const candidateInspect = candidate && (await engine.inspect(candidate.id));
  const oldId =
    (candidateInspect && markOf(candidateInspect, 'replaces')) ??
    target.oldId ??
    all.find(({ names }) => names.some((name) => isPutAside(name, target)))?.id;
  const oldInspect = oldId === undefined ? undefined : await engine.inspect(oldId);
  return {
    target,
    oldInspect,
    candidateInspect,
    old: oldInspect && otherRunOf(oldInspect, target) === undefined ? observed(oldInspect, target) : null,
    candidate: candidateInspect ? observedCandidate(candidateInspect, oldInspect, target, facts) : null,
    ...(candidateInspect ? { before: beforeOf(candidateInspect) } : {}),
  };
}

function isOwnName(name: string, target: Target): boolean {
  const role = parseRoleName(name);
  return name === target.container || (role?.target === target.container && role.run === target.run);
}

/** The run that has given the old container one of its own names: it came first, and the container is its business. */
function otherRunOf({ Name }: ContainerInspect, target: Target): string | undefined {
  const role = parseRoleName(Name.replace(/^\//, ''));
  return role?.target === target.container && role.run !== target.run ? role.run : undefined;
}

/** A member whose old container `next` does nothing to when it takes the candidate away. */
function untouchable(member: MemberSight): MemberSight {
  const { candidate } = member;
  if (!candidate) return { ...member, old: null };
  const { activity, restart } = candidate.before;
  return {
    ...member,
    old: {
      name: 'target',
      running: activity !== 'stopped',
      paused: activity === 'paused',
      restarting: false,
      restart,
    },
  };
}

function isPutAside(name: string, { container, run }: Target): boolean {
  const role = parseRoleName(name);
  return role?.target === container && role.run === run && (role.role === 'old' || role.role === 'bak');
}

function observed(inspect: ContainerInspect, target: Target): ObservedContainer {
  return {
    name: nameOf(inspect, target),
    running: inspect.State.Running || inspect.State.Restarting === true,
    paused: inspect.State.Paused === true,
    restarting: inspect.State.Restarting === true || (inspect.RestartCount ?? 0) > 0,
    restart: restartText(inspect),
  };
}

function observedCandidate(
  inspect: ContainerInspect,
  old: ContainerInspect | undefined,
  target: Target,
  facts: EngineFacts,
): ObservedCandidate {
  return {
    ...observed(inspect, target),
    before: beforeOf(inspect),
    order: markOf(inspect, 'order') === 'start-first' ? 'start-first' : 'stop-first',
    keeps: markOf(inspect, 'keeps') === 'specification' ? 'specification' : 'container',
    carries: (markOf(inspect, 'carry') ?? 'none') !== 'none',
    everStarted: hasEverStarted(inspect),
    missingNetworks: old ? missingNetworks(old, inspect, facts) : [],
  };
}

/** The engine writes the year 1 for one that never was. */
function hasEverStarted({ State: { StartedAt = '' } }: ContainerInspect): boolean {
  return StartedAt !== '' && !StartedAt.startsWith('0001-');
}

function nameOf({ Name, Id }: ContainerInspect, target: Target): ObservedContainer['name'] {
  const name = Name.replace(/^\//, '');
  if (name === target.container) return 'target';
  const role = parseRoleName(name);
  if (role?.target === target.container && role.run === target.run) return role.role;
  throw new EnforceError(
    'refused',
    `container ${Id.slice(0, 12)} is called ${name} now: somebody renamed it in the middle of a change`,
    {
      hint: `give it the name ${target.container} back, then run enforce apply again`,
    },
  );
}

/** A restart policy in one word: `on-failure:5`. */
export function restartText({ HostConfig: { RestartPolicy } }: ContainerInspect): string {
  const name = RestartPolicy?.Name === undefined || RestartPolicy.Name === '' ? 'no' : RestartPolicy.Name;
  return `${name}:${name === 'on-failure' ? (RestartPolicy?.MaximumRetryCount ?? 0) : 0}`;
}

function missingNetworks(old: ContainerInspect, candidate: ContainerInspect, facts: EngineFacts): readonly string[] {
  const joined = endpointsOf(candidate, facts).map(({ network }) => network);
  return endpointsOf(old, facts)
    .map(({ network }) => network)
    .filter((network) => !joined.includes(network));
}
