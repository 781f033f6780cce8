import type { Engine } from '../engine/engine.ts';
import { EnforceError } from '../model/errors.ts';
import { LABELS, parseRoleName } from '../model/names.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import { endpointsOf } from './endpoints.ts';
import type { ObservedCandidate, ObservedContainer } from './next.ts';

/** One change on one host: which container, in which run. */
export interface Target {
  readonly container: string;
  readonly run: string;
  /** Id of the container to be replaced, where it is known from the plan. */
  readonly oldId?: string;
}

/** A change as the host shows it now, with the engine's own descriptions beside what `next` needs. */
export interface Sight {
  readonly old: ObservedContainer | null;
  readonly candidate: ObservedCandidate | null;
  readonly oldInspect: ContainerInspect | undefined;
  readonly candidateInspect: ContainerInspect | undefined;
  /** Another run that changes this container, and was first. */
  readonly supersededBy?: string | undefined;
}

/** Reads where a change stands from the host alone: the candidate by its labels, the old one by the label that names its id. */
export async function observe(engine: Engine, target: Target, facts: EngineFacts): Promise<Sight> {
  const all = await engine.list();
  const marked = all.filter(
    ({ labels }) => labels[LABELS.run] === target.run && labels[LABELS.target] === target.container,
  );
  // An image made of a candidate hands its labels on; the name tells which container is the candidate itself.
  const candidate = marked.find(({ names }) => names.some((name) => isOwnName(name, target))) ?? marked[0];
  const candidateInspect = candidate && (await engine.inspect(candidate.id));
  const oldId =
    candidateInspect?.Config.Labels?.[LABELS.replaces] ??
    target.oldId ??
    all.find(({ names }) => names.some((name) => isPutAside(name, target)))?.id;
  const oldInspect = oldId === undefined ? undefined : await engine.inspect(oldId);
  const supersededBy = oldInspect && otherRunOf(oldInspect, target);
  return {
    oldInspect,
    candidateInspect,
    old: oldInspect
      ? supersededBy === undefined
        ? observed(oldInspect, target)
        : untouchable(candidateInspect)
      : null,
    supersededBy,
    candidate: candidateInspect
      ? {
          ...observed(candidateInspect, target),
          originalRestart: candidateInspect.Config.Labels?.[LABELS.restart] ?? 'no:0',
          missingNetworks: oldInspect ? missingNetworks(oldInspect, candidateInspect, facts) : [],
        }
      : null,
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

/** What `next` does nothing to when it takes a candidate away. */
function untouchable(candidate: ContainerInspect | undefined): ObservedContainer {
  const restart = candidate?.Config.Labels?.[LABELS.restart] ?? 'no:0';
  return { name: 'target', running: true, restarting: false, restart };
}

function isPutAside(name: string, { container, run }: Target): boolean {
  const role = parseRoleName(name);
  return role?.target === container && role.run === run && (role.role === 'old' || role.role === 'bak');
}

function observed(inspect: ContainerInspect, target: Target): ObservedContainer {
  return {
    name: nameOf(inspect, target),
    running: inspect.State.Running || inspect.State.Restarting === true,
    restarting: inspect.State.Restarting === true || (inspect.RestartCount ?? 0) > 0,
    restart: restartText(inspect),
  };
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
