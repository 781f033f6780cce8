import type { JsonObject } from '../../src/model/json.ts';
import type { EmbeddedFleet, FleetMember } from './embedded-fleet.ts';
import { embeddedFleet } from './embedded-fleet.ts';
import { image, mailImage, recorderImage } from './memory-engine/images.ts';
import type { MemoryEngine } from './memory-engine/memory-engine.ts';
import { service } from './memory-engine/program.ts';
import type { MemoryContainer } from './memory-engine/store.ts';

/** A service that greets whoever connects, so that nobody waits to see whether it answers. */
const WEB = image(
  'shop/web:3',
  { Cmd: ['/bin/web'], ExposedPorts: { '80/tcp': {} } },
  { '/bin/web': service({ listens: ['80/tcp'], greeting: 'hello\r\n' }) },
);

/** What the containers of a shop fleet are made of: `recorder` cannot live without MKNOD. */
const PLAIN: Readonly<Record<string, readonly [image: string, port: string]>> = {
  web: ['shop/web:3', '80/tcp'],
  mail: ['acme/mail-relay:3', '25/tcp'],
  recorder: ['acme/recorder:2', '554/tcp'],
};

/** Hosts of these names, each with nothing on it yet. */
export function shopFleet(
  names: readonly string[],
  different: Readonly<Record<string, Omit<FleetMember, 'name' | 'group'>>> = {},
): Promise<EmbeddedFleet> {
  const images = [WEB, mailImage(), recorderImage()];
  return embeddedFleet(names.map((name) => ({ name, group: 'shop', images, ...different[name] })));
}

/** Runs a container of one of the images above, published on a host port; `different` is about its HostConfig. */
export function serve(
  engine: MemoryEngine,
  name: string,
  hostPort: number,
  different: JsonObject = {},
  config: JsonObject = {},
): MemoryContainer {
  const [Image, port] = PLAIN[name] ?? ['shop/web:3', '80/tcp'];
  return engine.run(name, {
    Image,
    ...config,
    HostConfig: {
      RestartPolicy: { Name: 'always' },
      PortBindings: { [port]: [{ HostPort: `${hostPort}` }] },
      ...different,
    },
  });
}

/** Serves what no rule finds fault with. */
export function serveWell(engine: MemoryEngine, name: string, hostPort: number): MemoryContainer {
  return serve(engine, name, hostPort, { CapDrop: ['ALL'] });
}

/** Who has which name on a host, how it does and where it is published: `web running 8080`. */
export function standing(engine: MemoryEngine): readonly string[] {
  return [...engine.store.containers.values()]
    .map(({ name, phase, published }) => [name, phase, ...new Set(published.map(({ port }) => port))].join(' '))
    .toSorted();
}

/** The calls a host's engine got that could change something: `POST /containers/create`. */
export function writesTo(engine: MemoryEngine): readonly string[] {
  return engine.requests.filter(({ mutating }) => mutating).map(({ method, path }) => `${method} ${path}`);
}
