import type { Container } from './snapshot.ts';
import { plainIp } from './overlaps.ts';

/** The addresses a container has in its networks. */
export function addressesOf({ inspect }: Pick<Container, 'inspect'>): readonly string[] {
  return Object.values(inspect.NetworkSettings.Networks ?? {})
    .flatMap(({ IPAddress = '', GlobalIPv6Address = '' }) => [IPAddress, GlobalIPv6Address])
    .filter((ip) => ip !== '');
}

/** Whether two addresses are one, however they are spelled. */
export function isSameIp(a: string, b: string): boolean {
  return plainIp(a) === plainIp(b);
}

/** Whether an address never leaves the machine. */
export function isLoopback(ip: string): boolean {
  const plain = plainIp(ip);
  return plain.startsWith('127.') || plain === '::1';
}
