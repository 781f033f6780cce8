import { isOlder } from '../model/api-version.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Known } from '../model/machine.ts';
import type { ListeningSocket } from '../model/runtime.ts';
import type { Container, ContainerInspect, EngineFacts } from '../model/snapshot.ts';

/**
 * Whether a container needs NET_BIND_SERVICE to listen where it does: what it listens at is held against the first port that
 * is free to all in its own network namespace. A program may still demand it by its file, or insist on it.
 */
export function lowPorts({ inspect, details }: Container, engine: EngineFacts): Evidence {
  const first = firstFreePort(inspect, details?.runtime?.firstFreePort, engine);
  const listeners = details?.runtime?.listeners ?? { known: false, because: 'it does not run, or was not looked at' };
  if (first.known && first.value === 0) return reason('refuted', 'in its network any process may listen at any port');
  const limit = first.known ? first.value : USUAL_FIRST;
  const where = first.known
    ? `in its network ports below ${limit} need it`
    : `in its network ports below ${limit} may need it (${first.because})`;
  if (!listeners.known)
    return reason('configuration', `${where}, and where it listens is not known (${listeners.because})`);
  const low = listeners.value.filter(({ port }) => port < limit);
  if (low.length > 0) return reason('configuration', `it listens at ${textOf(low)}; ${where}`);
  const meant = configuredPorts(inspect).filter(({ port }) => port < limit);
  if (meant.length > 0)
    return reason('latent', `it does not listen at ${textOf(meant)} now, but is set up to; ${where}`);
  if (!first.known) return reason('latent', `it listens at no port below ${limit} now; ${where}`);
  return reason('refuted', `it listens at no port below ${limit}, from where on any process may`);
}

/** What the kernel starts with, and keeps where nobody sets another. */
const USUAL_FIRST = 1024;

function reason(kind: 'refuted' | 'configuration' | 'latent', because: string): Evidence {
  return { capability: 'NET_BIND_SERVICE', class: kind, because };
}

/**
 * As it was read; else as the engine sets it: since 20.10 (API 1.41) to 0 in a network namespace of the container's own,
 * unless a sysctl of the container says otherwise. A namespace it shares is set up by somebody else.
 */
function firstFreePort(
  { HostConfig }: ContainerInspect,
  read: Known<number> | undefined,
  engine: EngineFacts,
): Known<number> {
  if (read?.known === true) return read;
  const { NetworkMode = '', Sysctls } = HostConfig;
  if (NetworkMode === 'host' || NetworkMode.startsWith('container:'))
    return { known: false, because: read?.because ?? 'it shares the network of another, and does not run' };
  const set = Sysctls?.['net.ipv4.ip_unprivileged_port_start'];
  if (set !== undefined && /^\d{1,5}$/.test(set)) return { known: true, value: Number(set) };
  if (set !== undefined) return { known: false, because: 'its sysctl is no number' };
  return { known: true, value: isOlder(engine.apiVersion, '1.41') ? USUAL_FIRST : 0 };
}

type Port = Pick<ListeningSocket, 'port'> & { readonly protocol: string };

/** Ports of the container's own that its configuration speaks of. */
function configuredPorts({ Config, HostConfig }: ContainerInspect): readonly Port[] {
  const keys = [...Object.keys(Config.ExposedPorts ?? {}), ...Object.keys(HostConfig.PortBindings ?? {})];
  return [...new Set(keys)].flatMap((key) => {
    const [, port = '', protocol = 'tcp'] = /^(\d{1,5})(?:-\d{1,5})?(?:\/(tcp|udp|sctp))?$/.exec(key) ?? [];
    return port === '' ? [] : [{ port: Number(port), protocol }];
  });
}

function textOf(ports: readonly Port[]): string {
  const texts = [...new Set(ports.map(({ port, protocol }) => `${port}/${protocol}`))];
  return texts.length > 4 ? `${texts.slice(0, 4).join(', ')} and ${texts.length - 4} more` : texts.join(', ');
}
