import * as z from 'zod';
import type { EngineFacts } from '../model/snapshot.ts';

/** What an engine said of itself, inside a document. */
export const engineShape = z
  .object({
    kind: z.enum(['docker', 'podman']),
    version: z.string(),
    api: z.string(),
    id: z.string(),
    name: z.string(),
    operating_system: z.string(),
    kernel_version: z.string(),
    security_options: z.array(z.string()),
  })
  .transform(
    (engine): EngineFacts => ({
      kind: engine.kind,
      version: engine.version,
      apiVersion: engine.api,
      id: engine.id,
      name: engine.name,
      operatingSystem: engine.operating_system,
      kernelVersion: engine.kernel_version,
      securityOptions: engine.security_options,
    }),
  );

/** A host that could not be read, inside a document. */
export const unreadHostShape = z.object({
  host: z.string(),
  address: z.string(),
  reachable: z.literal(false),
  because: z.string(),
  hint: z.string().exactOptional(),
});

/** Whether no host is named twice: its changes would be made twice. */
export function isEachHostOnce(hosts: readonly { readonly host: string }[]): boolean {
  return new Set(hosts.map(({ host }) => host)).size === hosts.length;
}
