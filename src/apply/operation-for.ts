import { EnforceError } from '../model/errors.ts';
import { roleName } from '../model/names.ts';
import type { Operation, RestartPolicySetting } from '../model/plan.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import type { SpecSources } from './container-spec.ts';
import { containerSpec } from './container-spec.ts';
import { endpointsOf } from './endpoints.ts';
import type { Action, Who } from './next.ts';
import type { MemberSight } from './observe.ts';

/** The engine call that an action stands for, with the ids and names of this member. */
export function operationFor(
  action: Action,
  sight: MemberSight,
  facts: EngineFacts,
  sources: SpecSources | undefined,
): Operation {
  const { container, run } = sight.target;
  switch (action.kind) {
    case 'create':
      if (!sources) throw new EnforceError('refused', 'there is nothing to create the container from');
      return {
        kind: 'create',
        name: roleName(container, 'new', run),
        spec: containerSpec(inspectOf('old', sight), sources),
      };
    case 'connect':
      return {
        kind: 'connect',
        id: inspectOf('candidate', sight).Id,
        network: action.network,
        endpoint: endpointFor(action.network, sight, facts),
      };
    case 'stop':
      return stopOf(inspectOf(action.who, sight));
    case 'try-stop':
      return stopOf(inspectOf('candidate', sight));
    case 'start':
    case 'pause':
    case 'remove':
      return { kind: action.kind, id: inspectOf(action.who, sight).Id };
    case 'rename':
      return {
        kind: 'rename',
        id: inspectOf(action.who, sight).Id,
        name: action.to === 'target' ? container : roleName(container, action.to, run),
      };
    case 'set-restart':
      return { kind: 'set-restart-policy', id: inspectOf(action.who, sight).Id, policy: restartPolicy(action.restart) };
    case 'carry':
    case 'examine':
    case 'verify':
    case 'done':
      throw new EnforceError('refused', `${action.kind} is not a call`);
  }
}

function stopOf({ Id, Config }: ContainerInspect): Operation {
  return { kind: 'stop', id: Id, timeoutSeconds: stopTimeoutSeconds(Config.StopTimeout) };
}

function inspectOf(who: Who, { oldInspect, candidateInspect }: MemberSight): ContainerInspect {
  const inspect = who === 'old' ? oldInspect : candidateInspect;
  if (!inspect) throw new EnforceError('refused', `the ${who} container is gone`);
  return inspect;
}

function endpointFor(
  network: string,
  sight: MemberSight,
  facts: EngineFacts,
): Extract<Operation, { kind: 'connect' }>['endpoint'] {
  return endpointsOf(inspectOf('old', sight), facts).find((endpoint) => endpoint.network === network)?.endpoint ?? {};
}

function restartPolicy(text: string): RestartPolicySetting {
  const [name = 'no', maximum = '0'] = text.split(':');
  return { Name: name, MaximumRetryCount: Number(maximum) };
}

/** Ten seconds unless the container says otherwise; a negative time waits for ever, which is cut to an hour. */
export function stopTimeoutSeconds(timeout: number | null | undefined): number {
  if (timeout === null || timeout === undefined) return 10;
  return timeout < 0 ? 3600 : timeout;
}
