import type { EngineReader } from '../../src/engine/engine.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { snapshot } from './containers.ts';

/** A reader of an engine that has these containers and nothing else: no image, network, volume, change or log. */
export function engineOf(inspects: readonly ContainerInspect[]): EngineReader {
  return {
    facts: () => Promise.resolve(snapshot([]).engine),
    time: () => Promise.resolve(0),
    list: () =>
      Promise.resolve(
        inspects.map(({ Id, Name, State, Config, HostConfig }) => ({
          id: Id,
          names: [Name.slice(1)],
          labels: Config.Labels ?? {},
          state: State.Status,
          networkMode: HostConfig.NetworkMode ?? '',
          row: { Id, State: State.Status },
        })),
      ),
    inspect: (id) => Promise.resolve(inspects.find(({ Id }) => Id === id)),
    image: () => Promise.resolve(undefined),
    network: () => Promise.resolve(undefined),
    hasVolume: () => Promise.resolve(false),
    changes: (id) => Promise.resolve(inspects.some(({ Id }) => Id === id) ? [] : undefined),
    isFolder: () => Promise.resolve(false),
    linkTarget: () => Promise.resolve(undefined),
    archive: () => Promise.resolve(undefined),
    imageNames: () => Promise.resolve([]),
    logs: () => Promise.resolve(''),
  };
}
