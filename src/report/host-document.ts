import type { JsonObject } from '../model/json.ts';
import type { HostPlan } from '../model/plan.ts';
import type { EngineFacts } from '../model/snapshot.ts';

/** A host that could not be read: where it is, why not, and what to do. */
export type UnreadHost = Extract<HostPlan, { readonly reachable: false }>;

/** A host that could not be read, as machine output has it. */
export function unreadHostDocument(host: UnreadHost): JsonObject {
  return {
    host: host.host,
    address: host.address,
    reachable: false,
    because: host.because,
    ...(host.hint === undefined ? {} : { hint: host.hint }),
  };
}

/** What an engine says of itself, as machine output has it. */
export function engineDocument(engine: EngineFacts): JsonObject {
  return {
    kind: engine.kind,
    version: engine.version,
    api: engine.apiVersion,
    id: engine.id,
    name: engine.name,
    operating_system: engine.operatingSystem,
    kernel_version: engine.kernelVersion,
    security_options: [...engine.securityOptions],
  };
}
