import type { Engine } from '../engine/engine.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Probe } from './tools.ts';

/** How a container did before it was touched; the gate holds the new one to be no worse. */
export interface Baseline {
  readonly health: string | undefined;
  /** Container port (`80/tcp`) → whether something answered on its host port. */
  readonly ports: ReadonlyMap<string, 'answers' | 'silent' | 'unknown'>;
  readonly log: string;
}

/** Looks at a running container without disturbing it: health, ports, the end of its log. */
export async function takeBaseline(engine: Engine, inspect: ContainerInspect, probe: Probe): Promise<Baseline> {
  const ports = new Map<string, 'answers' | 'silent' | 'unknown'>();
  for (const { containerPort, ip, port } of portsToProbe(inspect)) {
    if (ports.get(containerPort) !== 'answers') ports.set(containerPort, await probe(ip, port));
  }
  return { health: inspect.State.Health?.Status, ports, log: await engine.logs(inspect.Id, 2000) };
}

/** A published TCP port, and where on the host it is tried. */
export interface ProbedPort {
  /** As the engine keys it: `80/tcp`. */
  readonly containerPort: string;
  readonly ip: string;
  readonly port: number;
}

/** The published TCP ports of a running container; udp and sctp give no answer that could be told from silence. */
export function portsToProbe({ NetworkSettings }: ContainerInspect): readonly ProbedPort[] {
  return Object.entries(NetworkSettings.Ports ?? {}).flatMap(([containerPort, bindings]) =>
    containerPort.endsWith('/tcp')
      ? (bindings ?? [])
          .map(({ HostIp = '', HostPort = '' }) => ({ containerPort, ip: HostIp, port: Number(HostPort) }))
          .filter(({ port }) => port > 0)
      : [],
  );
}
