import type { JsonObject } from '../../../src/model/json.ts';
import type { Store } from './store.ts';

/** `GET /version`. */
export function versionOf({ engine }: Store): JsonObject {
  const component = engine.kind === 'podman' ? 'Podman Engine' : 'Engine';
  return {
    Platform: { Name: '' },
    Components: [{ Name: component, Version: engine.version, Details: { ApiVersion: engine.apiVersion } }],
    Version: engine.version,
    ApiVersion: engine.apiVersion,
    MinAPIVersion: engine.minimumApiVersion,
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: '6.1.0-28-amd64',
  };
}

/** `GET /info`. */
export function infoOf(store: Store): JsonObject {
  const phases = [...store.containers.values()].map(({ phase }) => phase);
  return {
    ID: store.engine.id,
    Containers: phases.length,
    ContainersRunning: phases.filter((phase) => phase === 'running').length,
    ContainersPaused: phases.filter((phase) => phase === 'paused').length,
    ContainersStopped: phases.filter((phase) => phase === 'created' || phase === 'exited').length,
    Images: store.images.size,
    Driver: 'overlay2',
    KernelVersion: '6.1.0-28-amd64',
    OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    OSType: 'linux',
    Architecture: 'x86_64',
    SystemTime: store.now(),
    NCPU: 2,
    MemTotal: 4_294_967_296,
    DockerRootDir: '/var/lib/docker',
    Name: store.engine.hostName,
    ServerVersion: store.engine.version,
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: '1',
    DefaultRuntime: 'runc',
    LiveRestoreEnabled: false,
    Swarm: { NodeID: '', LocalNodeState: 'inactive' },
    SecurityOptions: ['name=seccomp,profile=default'],
    Warnings: null,
  };
}
