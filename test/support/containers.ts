import { createHash } from 'node:crypto';
import type { MachineFacts } from '../../src/model/machine.ts';
import type {
  Container,
  ContainerConfig,
  ContainerInspect,
  ContainerState,
  HostConfig,
  MountPoint,
  NetworkSettings,
  Snapshot,
} from '../../src/model/snapshot.ts';
import { configDigest } from '../../src/scan/config-digest.ts';

/** What a test says about a container; every part is laid over the compliant default. */
export interface Deviations {
  readonly Image?: string;
  readonly State?: Partial<ContainerState>;
  readonly Config?: Partial<ContainerConfig>;
  readonly HostConfig?: HostConfig;
  readonly NetworkSettings?: NetworkSettings;
  readonly Mounts?: readonly MountPoint[];
  readonly details?: NonNullable<Container['details']>;
}

/** A running container that satisfies every rule: it drops ALL, publishes nothing and has a network of its own. */
export function container(name: string, deviations: Deviations = {}): Container {
  const inspect = inspectOf(name, deviations);
  return {
    id: inspect.Id,
    name,
    inspect,
    configDigest: configDigest(inspect),
    ...(deviations.details === undefined ? {} : { details: deviations.details }),
  };
}

/** The inspect of such a container. */
export function inspectOf(name: string, deviations: Deviations = {}): ContainerInspect {
  return {
    Id: idOf(name),
    Name: `/${name}`,
    Created: '2026-11-01T08:00:00Z',
    Path: 'nginx',
    Args: ['-g', 'daemon off;'],
    Image: deviations.Image ?? `sha256:${idOf('nginx:1.25')}`,
    State: {
      Status: 'running',
      Running: true,
      Paused: false,
      Restarting: false,
      Dead: false,
      Pid: 4711,
      ExitCode: 0,
      ...deviations.State,
    },
    Config: {
      Hostname: idOf(name).slice(0, 12),
      User: '',
      Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['nginx', '-g', 'daemon off;'],
      Image: 'nginx:1.25',
      Labels: {},
      ...deviations.Config,
    },
    HostConfig: {
      NetworkMode: 'default',
      PortBindings: {},
      PublishAllPorts: false,
      Privileged: false,
      CapAdd: null,
      CapDrop: ['ALL'],
      AutoRemove: false,
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      ...deviations.HostConfig,
    },
    NetworkSettings: {
      Ports: {},
      Networks: { bridge: { NetworkID: idOf('bridge'), IPAddress: '172.17.0.2' } },
      ...deviations.NetworkSettings,
    },
    Mounts: deviations.Mounts ?? [],
  };
}

/** The same container, created or stopped: nothing of it runs and nothing is bound. */
export const STOPPED: Partial<ContainerState> = { Status: 'exited', Running: false, Pid: 0 };

/** A host with these containers, on which nothing else listens. */
export function snapshot(
  containers: readonly Container[],
  deviations: Partial<Omit<Snapshot, 'machine'>> & { readonly machine?: Partial<MachineFacts> } = {},
): Snapshot {
  return {
    host: 'web-1',
    address: 'ssh://deploy@web-1.example.com',
    takenAt: '2026-11-22T05:00:00.000Z',
    engine: {
      kind: 'docker',
      version: '20.10.24',
      apiVersion: '1.41',
      id: 'W3B1:ENGN',
      name: 'web-1',
      operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      kernelVersion: '6.1.0-25-amd64',
      securityOptions: ['name=seccomp,profile=default'],
    },
    containers,
    ...deviations,
    machine: {
      listeners: { known: true, value: [] },
      ephemeralPorts: { known: true, value: { first: 32768, last: 60999 } },
      shell: {
        known: true,
        value: {
          login: { clientIp: '192.0.2.7', serverIp: '10.0.0.11', serverPort: 22 },
          whereabouts: { containerIds: [] },
        },
      },
      network: { known: true, value: { addresses: ['127.0.0.1', '10.0.0.11'], nameServers: ['10.0.0.1'] } },
      units: { known: true, value: [] },
      ...deviations.machine,
    },
  };
}

/** A full id that is always the same for a name. */
export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
