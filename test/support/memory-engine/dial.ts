import { text } from './fields.ts';
import type { MemoryContainer, Store } from './store.ts';
import { isUp } from './store.ts';

/** What a program says to a client. */
export interface Listening {
  readonly greeting: string;
  readonly reply: string;
}

/**
 * Who answers a TCP connection made on the host. `nobody-behind` is what the engine's proxy does for a published port
 * when nothing listens in the container: it accepts, then hangs up. Undefined is a refused connection.
 */
export function dial(store: Store, ip: string, port: number): Listening | 'nobody-behind' | undefined {
  const up = [...store.containers.values()].filter(isUp);
  const behind = up.find((container) => publishes(container, ip, port) !== undefined);
  if (behind) return listener(up, behind, publishes(behind, ip, port) ?? 0) ?? 'nobody-behind';
  const owner = up.find((container) => [...container.endpoints.values()].some(({ address }) => address === ip));
  if (owner) return listener(up, owner, port);
  const onHost = up.filter((container) => text(container.hostConfig['NetworkMode']) === 'host');
  return onHost.map((container) => heard(container, port)).find((found) => found !== undefined);
}

function publishes(container: MemoryContainer, ip: string, port: number): number | undefined {
  const family = ip.includes(':') ? '::' : '0.0.0.0';
  return container.published.find(
    (row) => row.protocol === 'tcp' && row.port === port && (row.ip === ip || row.ip === family),
  )?.containerPort;
}

/** The container itself, or one that lives in its network namespace. */
function listener(up: readonly MemoryContainer[], owner: MemoryContainer, port: number): Listening | undefined {
  const lodgers = up.filter((container) => text(container.hostConfig['NetworkMode']) === `container:${owner.id}`);
  return [owner, ...lodgers].map((container) => heard(container, port)).find((found) => found !== undefined);
}

function heard({ conduct, phase }: MemoryContainer, port: number): Listening | undefined {
  if (phase !== 'running' || conduct?.does !== 'serve' || !conduct.listens.includes(`${port}/tcp`)) return undefined;
  return { greeting: conduct.greeting, reply: conduct.reply };
}
