import * as z from 'zod';
import type { Finding, PublishedPort, RuleId } from '../model/finding.ts';

const texts = z.array(z.string());
const port = z.int().min(0).max(65535);

/** A finding inside a document. */
export const findingShape = z
  .object({
    host: z.string(),
    container: z.string(),
    id: z.string(),
    rule: z.enum(['privileged-host-port', 'linux-capabilities', 'host-network-privileged-listener'] satisfies RuleId[]),
    severity: z.enum(['low', 'medium', 'high', 'critical']),
    refs: z.object({ cis: z.record(z.string(), z.string()), stig: texts }),
    because: z.string(),
    evidence: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('ports'), ports: z.array(portShape()) }),
      z.object({
        kind: z.literal('capabilities'),
        effective: texts,
        excess: texts,
        privileged: z.boolean(),
        lacking: texts.exactOptional(),
      }),
      z.object({ kind: z.literal('listeners'), listeners: z.array(listenerShape()) }),
      z.object({ kind: z.literal('surplus'), held: texts }),
      z.object({ kind: z.literal('unknown'), missing: z.string() }),
    ]),
    exception: z
      .object({ reason: z.string(), owner: z.string(), expires: z.string(), ticket: z.string().exactOptional() })
      .nullable(),
  })
  .transform(({ id, ...finding }): Finding => ({ ...finding, containerId: id }));

function portShape() {
  return z
    .object({
      host_ip: z.string(),
      host_port: port,
      host_port_end: port,
      protocol: z.enum(['tcp', 'udp', 'sctp']),
      container_port: port,
      state: z.enum(['running', 'configured']),
    })
    .transform(
      (published): PublishedPort => ({
        hostIp: published.host_ip,
        hostPort: published.host_port,
        hostPortEnd: published.host_port_end,
        protocol: published.protocol,
        containerPort: published.container_port,
        state: published.state,
      }),
    );
}

function listenerShape() {
  return z.object({ protocol: z.enum(['tcp', 'udp']), ip: z.string(), port, process: z.string().exactOptional() });
}
