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
}

/** Reads where a change stands from the host alone: the candidate by its labels, the old one by the label that names its id. */
export async function observe(engine: Engine, target: Target, facts: EngineFacts): Promise<Sight> {
  const all = await engine.list();
  const marked = all.filter(
    ({ labels }) => labels[LABELS.run] === target.run && labels[LABELS.target] === target.container,
  );
  const candidateInspect = marked[0] && (await engine.inspect(marked[0].id));
  const oldId =
    candidateInspect?.Config.Labels?.[LABELS.replaces] ??
    target.oldId ??
    all.find(({ names }) => names.some((name) => isPutAside(name, target)))?.id;
  const oldInspect = oldId === undefined ? undefined : await engine.inspect(oldId);
  return {
    oldInspect,
    candidateInspect,
    old: oldInspect ? observed(oldInspect, target) : null,
    candidate: candidateInspect
      ? {
          ...observed(candidateInspect, target),
          originalRestart: candidateInspect.Config.Labels?.[LABELS.restart] ?? 'no:0',
          missingNetworks: oldInspect ? missingNetworks(oldInspect, candidateInspect, facts) : [],
        }
      : null,
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
