import { configuredPorts } from '../model/published-ports.ts';
import { referencesOf } from '../model/references.ts';
import type { PortMove } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';
import { activityOf } from '../model/activity-of.ts';

/**
 * Why the old container must stop before the new one starts: the first thing that only one of them may have
 * (recreate.md §19). Undefined where both can run side by side for a while.
 */
export function whyStopFirst(
  container: Container,
  moves: readonly PortMove[],
  isDependedOn: boolean,
): string | undefined {
  return REASONS.find(([, holds]) => holds(container, moves, isDependedOn))?.[0];
}

type Holds = (container: Container, moves: readonly PortMove[], isDependedOn: boolean) => boolean;

const REASONS: readonly (readonly [string, Holds])[] = [
  ['it does not run', ({ inspect }) => activityOf(inspect) !== 'running'],
  [
    'none of its host ports moves, so nobody could tell which of the two answers',
    (_container, moves) => moves.length === 0,
  ],
  ['some of its host ports stay', (container, moves) => !movesEveryPort(container, moves)],
  ['other containers hold on to it', (_container, _moves, isDependedOn) => isDependedOn],
  ['it holds on to another container', ({ inspect }) => referencesOf(inspect).length > 0],
  ['it shares the network of the host', ({ inspect }) => /^(?:host|none)$/.test(inspect.HostConfig.NetworkMode ?? '')],
  [
    'it shares namespaces of the host',
    ({ inspect: { HostConfig } }) => [HostConfig.PidMode, HostConfig.IpcMode, HostConfig.UTSMode].includes('host'),
  ],
  [
    'it can write to a volume or a folder of the host, which two must not do at once',
    ({ inspect }) => (inspect.Mounts ?? []).some(({ Type, RW }) => Type !== 'tmpfs' && RW !== false),
  ],
  ['it has a fixed address', ({ inspect }) => endpointsOf(inspect).some(hasFixedAddress) || hasMac(inspect)],
  [
    'it is found by an alias, which would lead to both',
    ({ inspect }) =>
      endpointsOf(inspect).some(({ Aliases }) => (Aliases ?? []).some((alias) => !isOwnId(inspect, alias))),
  ],
  ['it has a host name of its own', ({ inspect }) => !isOwnId(inspect, inspect.Config.Hostname ?? '')],
  ['it uses a device of the host', ({ inspect }) => hasDevices(inspect.HostConfig)],
  ['it is privileged', ({ inspect }) => inspect.HostConfig.Privileged === true],
];

type Inspect = Container['inspect'];
type Endpoint = NonNullable<NonNullable<Inspect['NetworkSettings']['Networks']>[string]>;

function movesEveryPort({ inspect }: Container, moves: readonly PortMove[]): boolean {
  return configuredPorts(inspect).every(
    ({ protocol, hostPort, hostPortEnd, containerPort }) =>
      hostPort === hostPortEnd &&
      moves.some(
        (move) => move.protocol === protocol && move.from === hostPort && move.containerPort === containerPort,
      ),
  );
}

function endpointsOf({ NetworkSettings }: Inspect): readonly Endpoint[] {
  return Object.values(NetworkSettings.Networks ?? {});
}

function hasFixedAddress({ IPAMConfig }: Endpoint): boolean {
  return IPAMConfig !== null && IPAMConfig !== undefined && Object.values(IPAMConfig).some((value) => value !== '');
}

function hasMac({ Config }: Inspect): boolean {
  return (Config.MacAddress ?? '') !== '';
}

/** The engine makes a host name, and an alias, of the first twelve characters of the id. */
function isOwnId({ Id }: Inspect, text: string): boolean {
  return text === '' || text === Id.slice(0, 12);
}

function hasDevices(host: Inspect['HostConfig']): boolean {
  const { Devices, DeviceRequests } = host as { readonly Devices?: unknown; readonly DeviceRequests?: unknown };
  return [Devices, DeviceRequests].some((list) => Array.isArray(list) && list.length > 0);
}
