import { addressesOf } from '../model/container-addresses.ts';
import { isRootless } from '../model/is-rootless.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import type { ProbedPort } from './tools.ts';

/**
 * The open TCP ports of a container that it does not publish, and where its host reaches them: at its address in a network
 * of its own, or in the host's. None where that address is another's: a rootless engine has its networks for itself.
 */
export function innerPorts(
  openPorts: readonly string[],
  inspect: ContainerInspect,
  engine: Pick<EngineFacts, 'securityOptions'>,
): readonly ProbedPort[] {
  const { HostConfig, NetworkSettings } = inspect;
  const ip = HostConfig.NetworkMode === 'host' ? '127.0.0.1' : addressesOf({ inspect })[0];
  if (ip === undefined || isRootless(engine)) return [];
  const isPublished = (port: string): boolean => (NetworkSettings.Ports?.[port] ?? []).length > 0;
  return openPorts
    .filter((port) => port.endsWith('/tcp') && !isPublished(port))
    .slice(0, MOST_PORTS)
    .map((containerPort) => ({ containerPort, ip, port: Number.parseInt(containerPort) }));
}

/** Of a program that listens at very many, some are enough. */
const MOST_PORTS = 16;
