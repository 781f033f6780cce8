import pLimit from 'p-limit';
import { asEnforceError, EnforceError } from '../model/errors.ts';
import type { Host, HostResult } from '../model/inventory.ts';

/** Does one thing on many hosts, so many at once. The order is kept, and one host's failure is its own. */
export async function onEachHost<Value>(
  hosts: readonly Host[],
  concurrency: number,
  work: (host: Host) => Promise<Value>,
  signal?: AbortSignal,
): Promise<HostResult<Value>[]> {
  const results: HostResult<Value>[] = [];
  const take = (result: HostResult<Value>): void => void results.push(result);
  await overHosts(hosts, concurrency, { work, take }, signal);
  return results;
}

/** What is done on each host, and with what came of it. */
export interface HostWork<Value> {
  readonly work: (host: Host) => Promise<Value>;
  /** Called in the order of the hosts, each as soon as all before it were taken; hosts wait for it to be done. */
  readonly take: (result: HostResult<Value>) => Promise<void> | void;
}

/** The same where results are not kept: of thousands of hosts, they would fill the memory. */
export async function overHosts<Value>(
  hosts: readonly Host[],
  concurrency: number,
  { work, take }: HostWork<Value>,
  signal?: AbortSignal,
): Promise<void> {
  const limit = pLimit(concurrency);
  const ready = new Map<number, HostResult<Value>>();
  let next = 0;
  const takeReady = async (): Promise<void> => {
    for (let result = ready.get(next); result; result = ready.get(next)) {
      ready.delete(next);
      next++;
      await take(result);
    }
  };
  let taking = Promise.resolve();
  const oneHost = async (host: Host, at: number): Promise<void> => {
    ready.set(at, await onOneHost(host, work, signal));
    taking = taking.then(takeReady);
    await taking;
  };
  await Promise.all(hosts.map((host, at) => limit(() => oneHost(host, at))));
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
