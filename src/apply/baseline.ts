import type { Known } from '../model/machine.ts';
import type { RuntimeFacts } from '../model/runtime.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Identity } from './identities.ts';
import { lastingIdentities } from './identities.ts';
import { lastingPorts } from './open-ports.ts';
import type { HostTools, ProbedPort, RunningFacts } from './tools.ts';

/** How a container did before it was touched; the gate holds the new one to be no worse. */
export interface Baseline {
  readonly health: string | undefined;
  /** Container port (`80/tcp`) → whether something answered on its host port. */
  readonly ports: ReadonlyMap<string, 'answers' | 'silent' | 'unknown'>;
  /** Container port → what was said there, where it was the same twice. */
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly log: string;
  /** Who its processes are; only those that were there twice. */
  readonly identities: Known<readonly Identity[]>;
  /** Ports of its network namespace, or its own where it shares one, that were open twice; as `80/tcp`. */
  readonly openPorts: readonly string[];
  /** The second look, for whoever wants to know more. */
  readonly facts: RuntimeFacts | undefined;
}

/** Looks at a container without disturbing it: health, ports and what they say, who runs, the end of its log. */
export async function takeBaseline(inspect: ContainerInspect, tools: HostTools): Promise<Baseline> {
  const { probe, engine } = tools;
  const ports = new Map<string, 'answers' | 'silent' | 'unknown'>();
  const answering: ProbedPort[] = [];
  for (const probed of portsToProbe(inspect)) {
    const { containerPort, ip, port } = probed;
    if (ports.get(containerPort) === 'answers') continue;
    ports.set(containerPort, await probe(ip, port));
    if (ports.get(containerPort) === 'answers') answering.push(probed);
  }
  const lasting = await whatLasts(inspect, answering, tools);
  // Read last: what it says of our own questions is no news either.
  const log = await (await engine()).logs(inspect.Id, 2000);
  return { health: inspect.State.Health?.Status, ports, log, ...lasting };
}

/** What changes from one look to the next is nothing to compare with. */
const BETWEEN_MILLISECONDS = 2000;

async function whatLasts(
  inspect: ContainerInspect,
  answering: readonly ProbedPort[],
  tools: HostTools,
): Promise<Pick<Baseline, 'fingerprints' | 'identities' | 'openPorts' | 'facts'>> {
  const { State } = inspect;
  if (!State.Running)
    return { fingerprints: new Map(), identities: untold('it did not run'), openPorts: [], facts: undefined };
  const said = State.Paused === true ? [] : answering;
  const first = (await tools.processes([inspect.Id])).get(inspect.Id) ?? NOTHING_KNOWN;
  const fingerprints = await fingerprintsOf(said, tools);
  const isSeen = first.processes.known || first.listeners.known || fingerprints.size > 0;
  if (isSeen) await tools.clock.delay(BETWEEN_MILLISECONDS);
  const facts = (await tools.runtime([inspect.Id])).get(inspect.Id);
  const second = facts ?? NOTHING_KNOWN;
  const again = await fingerprintsOf(said, tools);
  return {
    fingerprints: new Map([...fingerprints].filter(([port, text]) => again.get(port) === text)),
    identities: identitiesIn(first, second, State.Pid ?? 0),
    openPorts:
      first.listeners.known && second.listeners.known
        ? lastingPorts(first.listeners.value, second.listeners.value, inspect)
        : [],
    facts,
  };
}

function identitiesIn(earlier: RunningFacts, later: RunningFacts, first: number): Baseline['identities'] {
  if (!earlier.processes.known) return earlier.processes;
  if (!later.processes.known) return later.processes;
  const looks = [earlier.processes.value, later.processes.value].map((processes) => ({ first, processes }));
  const [one, other] = looks;
  return one && other ? { known: true, value: lastingIdentities(one, other) } : untold('nobody looked');
}

function untold(because: string): { readonly known: false; readonly because: string } {
  return { known: false, because };
}

const NOT_READ = untold('nobody could look');
const NOTHING_KNOWN: RunningFacts = { processes: NOT_READ, listeners: NOT_READ };

async function fingerprintsOf(
  ports: readonly ProbedPort[],
  { fingerprint }: HostTools,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const port of ports) {
    const said = await fingerprint(port);
    if (said !== undefined) found.set(port.containerPort, said);
  }
  return found;
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
