import { isLoopback } from '../model/container-addresses.ts';
import type { ListeningSocket } from '../model/runtime.ts';
import type { ContainerInspect } from '../model/snapshot.ts';

/**
 * The ports that were open at both looks, as `80/tcp`, or `80/tcp on loopback` where nobody outside can reach it. Left out
 * are the engine's own name server and ports that are dealt out by chance, unless the container says that they are its own.
 */
export function lastingPorts(
  first: readonly ListeningSocket[],
  second: readonly ListeningSocket[],
  { Config, NetworkSettings }: ContainerInspect,
): readonly string[] {
  const told = new Set([...Object.keys(Config.ExposedPorts ?? {}), ...Object.keys(NetworkSettings.Ports ?? {})]);
  const earlier = openPorts(first);
  return openPorts(second).filter(
    (port) => earlier.includes(port) && (told.has(port.replace(INSIDE, '')) || Number.parseInt(port) < FIRST_OF_CHANCE),
  );
}

/** Ports of the old container at which nothing listens in the new one. */
export function closedPorts(before: readonly string[], now: readonly ListeningSocket[]): readonly string[] {
  const open = openPorts(now);
  return before.filter(
    (port) => !open.includes(port) && !(port.endsWith(INSIDE) && open.includes(port.replace(INSIDE, ''))),
  );
}

const INSIDE = ' on loopback';

/** Where the kernel begins to deal out ports by itself. */
const FIRST_OF_CHANCE = 32_768;
/** Where the engine answers names in a network of its own. */
const NAME_SERVER = '127.0.0.11';

function openPorts(sockets: readonly ListeningSocket[]): readonly string[] {
  const own = sockets.filter(({ ip }) => ip !== NAME_SERVER);
  const outside = new Set(own.filter(({ ip }) => !isLoopback(ip)).map(nameOf));
  return [
    ...new Set(own.map((socket) => (outside.has(nameOf(socket)) ? nameOf(socket) : `${nameOf(socket)}${INSIDE}`))),
  ];
}

function nameOf({ port, protocol }: ListeningSocket): string {
  return `${port}/${protocol}`;
}
