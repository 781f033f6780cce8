import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import type { ProbedPort } from './tools.ts';

/**
 * The open TCP ports of a container that it does not publish, and where its host reaches them: at its address in a network
 * of its own, or in the host's. None where that address is another's: a rootless engine has its networks for itself.
 */
export function innerPorts(
  openPorts: readonly string[],
  { HostConfig, NetworkSettings }: ContainerInspect,
  { securityOptions }: Pick<EngineFacts, 'securityOptions'>,
): readonly ProbedPort[] {
  const ip = HostConfig.NetworkMode === 'host' ? '127.0.0.1' : addressOf(NetworkSettings);
  if (ip === undefined || securityOptions.some((option) => option.startsWith('name=rootless'))) return [];
  const isPublished = (port: string): boolean => (NetworkSettings.Ports?.[port] ?? []).length > 0;
  return openPorts
    .filter((port) => port.endsWith('/tcp') && !isPublished(port))
    .slice(0, MOST_PORTS)
    .map((containerPort) => ({ containerPort, ip, port: Number.parseInt(containerPort) }));
}

/** Of a program that listens at very many, some are enough. */
const MOST_PORTS = 16;

function addressOf({ Networks }: ContainerInspect['NetworkSettings']): string | undefined {
  const addresses = Object.values(Networks ?? {}).map(({ IPAddress = '', GlobalIPv6Address = '' }) =>
    IPAddress === '' ? GlobalIPv6Address : IPAddress,
  );
  return addresses.find((address) => address !== '');
}
