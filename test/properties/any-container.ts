import fc from 'fast-check';
import type { JsonObject } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { anyLimits } from './any-limits.ts';
import { anyMounts } from './any-mounts.ts';
import { anyNetwork } from './any-network.ts';
import { anyProcess } from './any-process.ts';
import { anySecurity } from './any-security.ts';
import type { ContainerCase } from './container-case.ts';
import { containerCase } from './container-case.ts';

/** Any container that an engine will have: every part at random, without what it refuses in combination. */
export function anyContainer(): fc.Arbitrary<ContainerCase> {
  return fc
    .tuple(anyProcess(), anyMounts(), anyNetwork(), anyLimits(), anySecurity())
    .map((parts) => compatible(containerCase(parts)));
}

/** Takes out what contradicts the networks and namespaces that a container is given, as `docker run` would refuse it. */
function compatible({ body, ...networks }: ContainerCase): ContainerCase {
  const { HostConfig, ...config } = body;
  const host = isJsonObject(HostConfig) ? HostConfig : {};
  const mode = typeof host['NetworkMode'] === 'string' ? host['NetworkMode'] : '';
  const isJoined = mode.startsWith('container:');
  const ownsNetwork = !isJoined && mode !== 'host';
  const refusedOfConfig = [
    ...(isJoined ? ['Hostname', 'Domainname', 'ExposedPorts', 'MacAddress'] : []),
    ...(host['UTSMode'] === 'host' ? ['Hostname', 'Domainname'] : []),
  ];
  const refusedOfHost = [
    ...(isJoined ? ['PortBindings', 'PublishAllPorts', 'Dns', 'DnsSearch', 'DnsOptions', 'ExtraHosts', 'UTSMode'] : []),
    ...(host['Privileged'] === true ? ['Sysctls'] : []),
    ...(typeof host['IpcMode'] === 'string' && /^(host|none|container:)/.test(host['IpcMode']) ? ['ShmSize'] : []),
  ];
  return {
    ...networks,
    body: {
      ...without(config, refusedOfConfig),
      HostConfig: without(
        {
          ...host,
          ...('Sysctls' in host ? { Sysctls: permitted(host['Sysctls'], host['IpcMode'], ownsNetwork) } : {}),
        },
        refusedOfHost,
      ),
    },
  };
}

/** A kernel setting can only be made in a namespace of the container's own. */
function permitted(sysctls: JsonObject[string], ipcMode: JsonObject[string], ownsNetwork: boolean): JsonObject {
  const ownsIpc = ipcMode === undefined || ipcMode === '' || ipcMode === 'private' || ipcMode === 'shareable';
  const entries = isJsonObject(sysctls) ? Object.entries(sysctls) : [];
  return Object.fromEntries(entries.filter(([key]) => (key.startsWith('net.') ? ownsNetwork : ownsIpc)));
}

function without(value: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)));
}
