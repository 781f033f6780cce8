import type { JsonObject } from '../../../src/model/json.ts';
import { object } from './fields.ts';
import { commandLine } from './lifecycle.ts';
import { portRows, portsNow } from './ports.ts';
import type { MemoryContainer, MemoryEndpoint, MemoryImage, MemoryMount, MemoryNetwork, Store } from './store.ts';
import { isUp } from './store.ts';

const ROOT = '/var/lib/docker';

/** `GET /containers/{id}/json`, field for field as engine 20.10 writes it. */
export function inspectContainer(store: Store, container: MemoryContainer): JsonObject {
  const [Path = '', ...Args] = commandLine(container);
  const folder = container.wasStarted ? `${ROOT}/containers/${container.id}` : '';
  const inFolder = (file: string): string => (folder === '' ? '' : `${folder}/${file}`);
  const layers = `${ROOT}/overlay2/${container.id}`;
  return {
    Id: container.id,
    Created: container.created,
    Path,
    Args,
    State: stateOf(container),
    Image: container.image.id,
    ResolvConfPath: inFolder('resolv.conf'),
    HostnamePath: inFolder('hostname'),
    HostsPath: inFolder('hosts'),
    LogPath: inFolder(`${container.id}-json.log`),
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: container.hostConfig,
    GraphDriver: { Data: { MergedDir: `${layers}/merged`, UpperDir: `${layers}/diff` }, Name: 'overlay2' },
    Mounts: container.mounts.map(mountRow),
    Config: container.config,
    NetworkSettings: networkSettings(store, container),
  };
}

function stateOf(container: MemoryContainer): JsonObject {
  const { phase } = container;
  const alive = phase !== 'created' && phase !== 'exited';
  return {
    Status: phase,
    Running: alive,
    Paused: phase === 'paused',
    Restarting: phase === 'restarting',
    OOMKilled: false,
    Dead: false,
    Pid: isUp(container) ? processId(container) : 0,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: container.startedAt,
    FinishedAt: container.finishedAt,
    ...health(container),
  };
}

function processId({ id }: MemoryContainer): number {
  return 1000 + (Number.parseInt(id.slice(0, 6), 16) % 30_000);
}

function health(container: MemoryContainer): JsonObject {
  const { conduct, looks } = container;
  const test = object(container.config['Healthcheck'])['Test'];
  if (!Array.isArray(test) || test[0] === 'NONE' || conduct === undefined) return {};
  const Status =
    !isUp(container) || conduct.does === 'exit'
      ? 'unhealthy'
      : looks < conduct.healthKnownAtLook
        ? 'starting'
        : conduct.health;
  const FailingStreak = Status === 'unhealthy' ? 3 : 0;
  return { Health: { Status, FailingStreak, Log: [] } };
}

function mountRow(mount: MemoryMount): JsonObject {
  return { ...mount, anonymous: undefined };
}

function networkSettings(store: Store, container: MemoryContainer): JsonObject {
  const primary = container.endpoints.get('bridge');
  const up = isUp(container);
  return {
    Bridge: '',
    SandboxID: up ? container.id.split('').reverse().join('') : '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    Ports: portsNow(container),
    SandboxKey: up ? `/var/run/docker/netns/${container.id.slice(-12)}` : '',
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    ...address(store, primary),
    Networks: networksOf(store, container),
  };
}

/** The endpoints of a container, by network. */
function networksOf(store: Store, container: MemoryContainer): JsonObject {
  const rows = [...container.endpoints].map(([name, endpoint]) => [
    name,
    {
      IPAMConfig: endpoint.request['IPAMConfig'] ?? null,
      Links: endpoint.request['Links'] ?? null,
      Aliases: endpoint.aliases.length > 0 ? endpoint.aliases : null,
      NetworkID: endpoint.networkId,
      ...address(store, endpoint),
      DriverOpts: endpoint.request['DriverOpts'] ?? null,
      ...(Number(store.engine.apiVersion) >= 1.44 ? { DNSNames: [container.name, container.id.slice(0, 12)] } : {}),
    },
  ]);
  return Object.fromEntries(rows) as JsonObject;
}

function address(store: Store, endpoint: MemoryEndpoint | undefined): JsonObject {
  const network = endpoint && store.networks.get(endpoint.networkId);
  const ip = endpoint?.address ?? '';
  const known = ip !== '' && network !== undefined;
  return {
    EndpointID: endpoint?.endpointId ?? '',
    Gateway: known ? ip.replace(/\d+$/, '1') : '',
    IPAddress: ip,
    IPPrefixLen: known ? Number(network.subnet.split('/')[1]) : 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    MacAddress: known ? macOf(ip) : '',
  };
}

function macOf(ip: string): string {
  const bytes = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `02:42:${bytes.join(':')}`;
}

/** One row of `GET /containers/json`. */
export function listRow(store: Store, container: MemoryContainer): JsonObject {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: container.config['Image'],
    ImageID: container.image.id,
    Command: commandLine(container).join(' '),
    Created: Math.floor(Date.parse(container.created) / 1000),
    Ports: portRows(container),
    Labels: container.config['Labels'],
    State: container.phase,
    Status: statusText(container),
    HostConfig: { NetworkMode: container.hostConfig['NetworkMode'] },
    NetworkSettings: { Networks: networksOf(store, container) },
    Mounts: container.mounts.map(mountRow),
  };
}

function statusText({ phase, exitCode }: MemoryContainer): string {
  switch (phase) {
    case 'created':
      return 'Created';
    case 'exited':
      return `Exited (${exitCode}) 1 second ago`;
    case 'restarting':
      return `Restarting (${exitCode}) 1 second ago`;
    case 'paused':
      return 'Up 1 second (Paused)';
    case 'running':
      return 'Up 1 second';
  }
}

/** `GET /images/{name}/json`. */
export function inspectImage(image: MemoryImage): JsonObject {
  return {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: [],
    Parent: '',
    Comment: image.comment ?? '',
    Created: '2026-01-01T00:00:00Z',
    DockerVersion: '20.10.24',
    Config: image.config,
    Architecture: 'amd64',
    Os: 'linux',
    Size: 1_984_168,
    RootFS: { Type: 'layers', Layers: [image.id] },
  };
}

/** `GET /networks/{id}`. */
export function inspectNetwork(store: Store, network: MemoryNetwork): JsonObject {
  const members = [...store.containers.values()].flatMap((container) => {
    const endpoint = container.endpoints.get(network.name);
    if (!endpoint || endpoint.endpointId === '') return [];
    const prefix = network.subnet.split('/')[1] ?? '';
    const IPv4Address = endpoint.address === '' ? '' : `${endpoint.address}/${prefix}`;
    const member = { Name: container.name, EndpointID: endpoint.endpointId, IPv4Address, IPv6Address: '' };
    return [[container.id, member] as const];
  });
  return {
    Name: network.name,
    Id: network.id,
    Created: '2026-01-01T00:00:00Z',
    Scope: 'local',
    Driver: network.driver,
    EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: network.subnet === '' ? [] : [{ Subnet: network.subnet }] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: Object.fromEntries(members),
    Options: {},
    Labels: {},
  };
}
