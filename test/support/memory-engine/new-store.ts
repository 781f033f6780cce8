import { createHash } from 'node:crypto';
import { predefinedNetworks } from './networks.ts';
import type { EngineIdentity, MemoryImage, Store } from './store.ts';

/** What an engine starts with. */
export interface StoreOptions {
  readonly engine?: Partial<EngineIdentity>;
  readonly images?: readonly MemoryImage[];
  /** The engine's clock; the default ticks a millisecond each time it is read. */
  readonly now?: () => Date;
}

/** What an engine has when it comes up for the first time. Ids follow from the host's name, so runs repeat exactly. */
export function newStore({ engine = {}, images = [], now }: StoreOptions): Store {
  const hostName = engine.hostName ?? 'engine';
  let ids = 0;
  let ticks = Date.UTC(2026, 0, 1);
  const nextId = (): string => createHash('sha256').update(`${hostName}:${ids++}`).digest('hex');
  return {
    engine: {
      id: `MEMO:${hostName}`,
      hostName,
      version: '20.10.24',
      apiVersion: '1.41',
      minimumApiVersion: '1.12',
      kind: 'docker',
      ...engine,
    },
    containers: new Map(),
    images: new Map(images.map((image) => [image.id, image])),
    networks: new Map(predefinedNetworks(nextId).map((network) => [network.id, network])),
    volumes: new Map(),
    foreignListeners: new Set(),
    missingPaths: new Set(),
    nextId,
    now: () => (now ? now() : new Date(ticks++)).toISOString(),
  };
}
