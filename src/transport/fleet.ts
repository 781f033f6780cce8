import pLimit from 'p-limit';
import { asEnforceError, EnforceError } from '../model/errors.ts';
import type { Host, HostResult } from '../model/inventory.ts';

/** Does one thing on many hosts, so many at once. The order is kept, and one host's failure is its own. */
export function onEachHost<Value>(
  hosts: readonly Host[],
  concurrency: number,
  work: (host: Host) => Promise<Value>,
  signal?: AbortSignal,
): Promise<HostResult<Value>[]> {
  const limit = pLimit(concurrency);
  return Promise.all(hosts.map((host) => limit(() => onOneHost(host, work, signal))));
}

async function onOneHost<Value>(
  host: Host,
  work: (host: Host) => Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<HostResult<Value>> {
  if (signal?.aborted) {
    return {
      host,
      ok: false,
      error: new EnforceError('unreachable', `${host.name} was not reached: interrupted first`),
    };
  }
  try {
    return { host, ok: true, value: await work(host) };
  } catch (error) {
    return { host, ok: false, error: error instanceof Error ? error : asEnforceError(error, 'unreachable') };
  }
}
