import type { JsonObject } from '../../src/model/json.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { embeddedFleet } from '../support/embedded-fleet.ts';
import { mailImage, nginxImage, recorderImage, redisImage } from '../support/memory-engine/images.ts';
import type { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import type { Setting } from './setting.ts';

/** Three hosts inside this process that speak real ssh and the Docker API: nothing else is needed. */
export async function embeddedSetting(): Promise<Setting> {
  const images = [nginxImage(), redisImage(), mailImage(), recorderImage()];
  const now = (): Date => new Date();
  const fleet = await embeddedFleet([
    { name: 'web-1', group: 'web', images, now },
    { name: 'web-2', group: 'web', images, now },
    { name: 'edge-1', group: 'edge', images, now },
  ]);
  for (const name of ['web-1', 'web-2']) fillWeb(fleet.engine(name));
  fleet.engine('web-2').run('recorder', published('acme/recorder:2', { '554/tcp': '554' }));
  fillEdge(fleet.engine('edge-1'));
  return {
    folder: fleet.homeFolder,
    environment: {
      PATH: process.env['PATH'],
      HOME: fleet.homeFolder,
      TERM: process.env['TERM'],
      NO_COLOR: process.env['NO_COLOR'],
    },
    opening:
      'Three hosts run inside this process; enforce reaches them by ssh, as it would reach yours. 12 containers.',
    hostWords: ['-i', 'inventory.yml'],
    ruleWords: [],
    rollbackWords: ['-i', 'inventory.yml', '-l', 'web-1', '--container', 'shop'],
    summary: () => Promise.resolve(summary(fleet)),
    next: 'Your own engine, reading only: node dist/cli/main.js plan -i ssh://you@your-host',
    close: () => fleet.close(),
  };
}

function fillWeb(engine: MemoryEngine): void {
  engine.network('front', '10.20.0.0/24');
  const shop = published('nginx:1.25', { '80/tcp': '80', '443/tcp': '443' });
  engine.run('shop', {
    ...shop,
    Labels: { team: 'sales' },
    Env: ['SHOP_KEY=do-not-show'],
    HostConfig: {
      ...(shop['HostConfig'] as JsonObject),
      NetworkMode: 'front',
      Binds: ['shop-pages:/usr/share/nginx/html'],
    },
    NetworkingConfig: { EndpointsConfig: { front: { Aliases: ['shop'], IPAMConfig: { IPv4Address: '10.20.0.10' } } } },
  });
  engine.run('blog', published('nginx:1.25', { '80/tcp': '8090' }));
  engine.run('cache', { Image: 'redis:7.2', HostConfig: { RestartPolicy: { Name: 'unless-stopped' } } });
}

function fillEdge(engine: MemoryEngine): void {
  engine.run('proxy', published('nginx:1.25', { '80/tcp': '80', '443/tcp': '443' }));
  engine.run('cache', { Image: 'redis:7.2', HostConfig: { RestartPolicy: { Name: 'always' } } });
  engine.run('mail', published('acme/mail-relay:3', { '25/tcp': '25' }, { CapDrop: ['ALL'] }));
  engine.run('archive', published('acme/mail-relay:3', { '25/tcp': '127.0.0.1:2525' }, { CapDrop: ['ALL'] }));
  engine.run('intake', published('acme/mail-relay:3', { '25/tcp': '587' }));
}

/** A container with ports: container port → `PORT` or `ADDRESS:PORT` on the host. */
function published(Image: string, ports: Readonly<Record<string, string>>, host: JsonObject = {}): JsonObject {
  const rows = Object.entries(ports).map(([port, where]) => {
    const at = where.lastIndexOf(':');
    return [port, [{ HostIp: where.slice(0, Math.max(0, at)), HostPort: where.slice(at + 1) }]] as const;
  });
  const RestartPolicy = { Name: 'unless-stopped' };
  return { Image, HostConfig: { RestartPolicy, PortBindings: Object.fromEntries(rows), ...host } };
}

function summary(fleet: EmbeddedFleet): string {
  const running = [...fleet.hosts].flatMap(([host, { engine }]) =>
    [...engine.store.containers.values()]
      .filter(({ phase }) => phase === 'running')
      .map((container) => ({
        name: `${container.name} on ${host}`,
        ports: container.published.map(({ port }) => port),
      })),
  );
  const low = running.filter(({ ports }) => ports.some((port) => port < 1024)).map(({ name }) => name);
  return `${running.length} services run; below port 1024 only ${low.join(' and ')}.`;
}
