import { setFlagsFromString } from 'node:v8';

/** A scan of fewer hosts is over before its memory matters. */
const MANY_HOSTS = 100;

/**
 * What is read of a host is garbage as soon as it is judged. Left to itself, V8 lets three times 16 MiB of it gather
 * before it looks; of thousands of hosts that is the largest part of what a scan takes. What is loaded from here on is
 * compiled anew, as V8 takes no compiled code that was made under other flags.
 */
export function spareMemory(hosts: number): void {
  if (hosts >= MANY_HOSTS) setFlagsFromString('--semi-space-growth-factor=1');
}
