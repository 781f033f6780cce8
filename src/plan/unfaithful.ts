import { isOlder } from '../model/api-version.ts';
import type { Blocked } from '../model/plan.ts';
import type { Container, ContainerInspect, Snapshot } from '../model/snapshot.ts';

/**
 * Why a container could not be made again as it is, or the old one not be started again, with the setting it hangs on;
 * undefined when nothing speaks against it. What would fail while the service is down must be found here (recreate.md
 * §3–§9).
 */
export function unfaithful(container: Container, snapshot: Snapshot): Blocked | undefined {
  for (const check of CHECKS) {
    const blocked = check(container, snapshot);
    if (blocked) return blocked;
  }
  return undefined;
}

type Check = (container: Container, snapshot: Snapshot) => Blocked | undefined;

const CHECKS: readonly Check[] = [
  windows,
  unknownMount,
  windowsPath,
  missingPath,
  inheritedFrom,
  sharedWith,
  linkedTo,
  noNetwork,
  movedNetwork,
  swarmAddress,
  interfaceSysctl,
];

const BY_HAND = 'recreate it by hand, or write an exception';

function windows({ inspect }: Container): Blocked | undefined {
  const { Platform } = inspect as { readonly Platform?: unknown };
  if (Platform !== 'windows') return undefined;
  return { because: 'Platform: windows: enforce knows Linux containers only', hint: 'write an exception' };
}

const KNOWN_MOUNTS: readonly string[] = ['bind', 'volume', 'tmpfs'];

/** An image mount goes by a name that may have moved, a cluster volume by its node; what is new is not known at all (V15). */
function unknownMount({ inspect }: Container): Blocked | undefined {
  const asked = (inspect.HostConfig.Mounts ?? []).map(({ Type = '', Target = '' }, index) => ({
    field: `HostConfig.Mounts[${index}].Type`,
    type: Type,
    place: Target,
  }));
  const made = (inspect.Mounts ?? []).map(({ Type = '', Destination }, index) => ({
    field: `Mounts[${index}].Type`,
    type: Type,
    place: Destination,
  }));
  const odd = [...asked, ...made].find(({ type }) => !KNOWN_MOUNTS.includes(type));
  if (!odd) return undefined;
  return {
    because: `${odd.field}: ${odd.place} is a mount of type ${odd.type || '(none)'}, and enforce cannot tell whether it would be the same again`,
    hint: BY_HAND,
  };
}

/** Docker Desktop shows paths of Windows that its own engine does not take back (recreate.md §16). */
function windowsPath({ inspect }: Container): Blocked | undefined {
  const bind = binds(inspect).find(({ source }) => /^[A-Za-z]:|\\/.test(source));
  if (!bind) return undefined;
  return {
    because: `${bind.field}: ${bind.source} is a path of Windows, which the engine would refuse`,
    hint: BY_HAND,
  };
}

function missingPath({ inspect, details }: Container): Blocked | undefined {
  const isMissing = (path: string): boolean =>
    details?.hostPaths.some((seen) => seen.path === path && seen.exists.known && !seen.exists.value) ?? false;
  const bind = binds(inspect).find(({ source }) => isMissing(source));
  if (bind) {
    return {
      because: `${bind.field}: ${bind.source}, mounted at ${bind.place}, is not on the host any more: ${bind.field === 'HostConfig.Binds' ? 'an empty folder would take its place' : 'nothing could be started with it'}`,
      hint: 'put it back, then plan again',
    };
  }
  const device = (inspect.HostConfig.Devices ?? []).findIndex(({ PathOnHost = '' }) => isMissing(PathOnHost));
  if (device < 0) return undefined;
  return {
    because: `HostConfig.Devices[${device}].PathOnHost: ${inspect.HostConfig.Devices?.[device]?.PathOnHost ?? ''} is not on the host any more: neither the new container nor the old one could be started`,
    hint: 'put the device back, then plan again',
  };
}

interface Bind {
  /** The setting that asked for it. */
  readonly field: string;
  readonly source: string;
  readonly place: string;
}

function binds({ HostConfig, Mounts }: ContainerInspect): readonly Bind[] {
  return (Mounts ?? []).flatMap(({ Type, Source = '', Destination }) => {
    if (Type !== 'bind') return [];
    const asked = (HostConfig.Mounts ?? []).findIndex(({ Target = '' }) => samePath(Target, Destination));
    const bound = (HostConfig.Binds ?? []).some((bind) => bind.split(':').some((part) => samePath(part, Destination)));
    const field = bound ? 'HostConfig.Binds' : asked >= 0 ? `HostConfig.Mounts[${asked}]` : 'HostConfig.VolumesFrom';
    return [{ field, source: Source, place: Destination }];
  });
}

function samePath(a: string, b: string): boolean {
  return a.replace(/(?<=.)\/+$/, '') === b.replace(/(?<=.)\/+$/, '');
}

/** The engine cannot hand on a tmpfs that was asked for as a mount: it looks for a volume without a name (V8). */
function inheritedFrom({ inspect }: Container, { containers }: Snapshot): Blocked | undefined {
  for (const [index, text] of (inspect.HostConfig.VolumesFrom ?? []).entries()) {
    const field = `HostConfig.VolumesFrom[${index}]`;
    const reference = text.split(':')[0] ?? '';
    const source = named(reference, containers);
    if (!source) {
      return {
        because: `${field}: there is no container ${shortened(reference)} any more, so the engine would not create it`,
        hint: 'give it the volumes by their names instead (docker inspect shows them under Mounts)',
      };
    }
    const tmpfs = source.inspect.HostConfig.Mounts?.find(({ Type }) => Type === 'tmpfs');
    if (tmpfs) {
      return {
        because: `${field}: ${source.name} has a tmpfs mount at ${tmpfs.Target ?? ''}, which the engine fails to hand on`,
        hint: `make ${source.name} anew with --tmpfs instead of --mount type=tmpfs, or give the volumes by their names`,
      };
    }
  }
  return undefined;
}

/** The engine looks for such a container only at start, when the old one is stopped; the old one could not start either. */
function sharedWith({ inspect: { HostConfig } }: Container, { containers }: Snapshot): Blocked | undefined {
  for (const field of ['NetworkMode', 'PidMode', 'IpcMode'] as const) {
    const mode = HostConfig[field] ?? '';
    if (!mode.startsWith('container:')) continue;
    const reference = mode.slice('container:'.length);
    const target = named(reference, containers);
    if (target?.inspect.State.Running) continue;
    return {
      because: target
        ? `HostConfig.${field}: ${target.name}, which it shares that with, does not run: once stopped, neither the new container nor the old one could be started`
        : `HostConfig.${field}: the container ${shortened(reference)}, which it shares that with, is gone: once stopped, neither the new container nor the old one could be started`,
      hint: target ? `start ${target.name}, then plan again` : BY_HAND,
    };
  }
  return undefined;
}

/** `/db:/shop/mydb`; links on networks of the user's go by name alone and may lead nowhere. */
function linkedTo({ inspect: { HostConfig } }: Container, { containers }: Snapshot): Blocked | undefined {
  for (const [index, link] of (HostConfig.Links ?? []).entries()) {
    const reference = (link.split(':')[0] ?? '').replace(/^\//, '');
    const target = named(reference, containers);
    if (target?.inspect.State.Running) continue;
    return {
      because: `HostConfig.Links[${index}]: ${reference} ${target ? 'does not run' : 'is gone'}: once stopped, neither the new container nor the old one could be started`,
      hint: target ? `start ${reference}, then plan again` : BY_HAND,
    };
  }
  return undefined;
}

/** Created on no network, the engine would put it on its default one (N10). */
function noNetwork({ inspect: { HostConfig, NetworkSettings } }: Container): Blocked | undefined {
  const mode = HostConfig.NetworkMode ?? 'default';
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return undefined;
  if (Object.keys(NetworkSettings.Networks ?? {}).length > 0) return undefined;
  return {
    because:
      'NetworkSettings.Networks: it was disconnected from every network, and the engine would join it to one again',
    hint: 'connect it to the network it needs, or make it with --network none',
  };
}

/**
 * Its network's name stands for another network by now: the new one would join that, the old one could not start (N18).
 * The engine makes its own bridge anew whenever it starts, and joins what is on it by name.
 */
function movedNetwork({ inspect, details }: Container): Blocked | undefined {
  for (const [network, { NetworkID = '' }] of Object.entries(inspect.NetworkSettings.Networks ?? {})) {
    const facts = details?.networks.find(({ name }) => name === network);
    if (network === 'bridge' || !facts || NetworkID === '' || facts.id === NetworkID) continue;
    return {
      because: `NetworkSettings.Networks.${network}.NetworkID: ${facts.id === null ? 'the name stands for no network of the engine, or for more than one' : `the name stands for another network now (${shortened(facts.id)} instead of ${shortened(NetworkID)})`}`,
      hint: 'connect it to the network by hand, so that its name and its id agree, then plan again',
    };
  }
  return undefined;
}

/** On a network of the swarm the engine shows the address it gave as if somebody had chosen it (N19). */
function swarmAddress({ inspect, details }: Container): Blocked | undefined {
  for (const [network, { IPAMConfig }] of Object.entries(inspect.NetworkSettings.Networks ?? {})) {
    const isSwarm = details?.networks.some(({ name, scope }) => name === network && scope === 'swarm') ?? false;
    if (!isSwarm || !IPAMConfig || Object.keys(IPAMConfig).length === 0) continue;
    return {
      because: `NetworkSettings.Networks.${network}.IPAMConfig: on a network of the swarm it cannot be told whether its address was chosen or given`,
      hint: BY_HAND,
    };
  }
  return undefined;
}

/** From engine 28 on, settings of one interface belong to the network, and the engine refuses them here (N12). */
function interfaceSysctl({ inspect: { HostConfig } }: Container, { engine }: Snapshot): Blocked | undefined {
  const name = Object.keys(HostConfig.Sysctls ?? {}).find((sysctl) => /^net\.[^.]+\.[^.]+\.eth\d+\./.test(sysctl));
  if (name === undefined || isOlder(engine.apiVersion, '1.48')) return undefined;
  return {
    because: `HostConfig.Sysctls.${name}: this engine takes settings of one interface only as an option of the network`,
    hint: 'make it anew with --network name=NETWORK,driver-opt=com.docker.network.endpoint.sysctls=…',
  };
}

function named(reference: string, containers: readonly Container[]): Container | undefined {
  const plain = reference.replace(/^\//, '');
  return (
    containers.find(({ name }) => name === plain) ??
    (/^[0-9a-f]{1,64}$/.test(plain) ? containers.find(({ id }) => id.startsWith(plain)) : undefined)
  );
}

function shortened(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}
