import type { ChangeSettings } from '../../src/apply/apply-change.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { restartText } from '../../src/apply/observe.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { Activity, Change, DependantChange } from '../../src/model/plan.ts';
import type { RestartTrial } from '../../src/model/playbook.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { aChange } from './a-plan.ts';
import { aProcess } from './a-process.ts';
import { engineAt } from './engine-at.ts';
import { fakeClock } from './fake-clock.ts';
import type { KeptJournal } from './kept-journal.ts';
import { keptJournal } from './kept-journal.ts';
import { UNSEEING } from './real-host.ts';
import { callText } from './memory-engine/call-text.ts';
import { image } from './memory-engine/images.ts';
import { inspectContainer } from './memory-engine/inspect.ts';
import { MemoryEngine } from './memory-engine/memory-engine.ts';
import { connect } from './memory-engine/networks.ts';
import type { Conduct } from './memory-engine/program.ts';
import type { MemoryContainer } from './memory-engine/store.ts';

/** The run that the changes of a memory host belong to. */
export const RUN = '7f3a';

/** One host with an engine in memory and a service `web` on it, and what apply needs to change that. */
export interface MemoryHost {
  readonly engine: MemoryEngine;
  /** The container that `web` was at first. */
  readonly old: MemoryContainer;
  /** Moves port 80 to 8080 and drops every capability. */
  readonly change: Change;
  readonly settings: ChangeSettings;
  /** A new process of enforce, with a connection, a clock and a journal of its own. */
  enter(run?: string): Promise<Process>;
  /** Every call so far that writes, in words: `stop old`; without those that take the host's lock and give it back. */
  calls(): readonly string[];
  /** Who has which name, and how it does: `web: old, running, always:0`. */
  standing(): readonly string[];
  close(): Promise<void>;
}

/** What a process has in hand; `journal` is its own. */
export interface Process extends HostTools {
  readonly journal: KeptJournal;
}

/** What a test says about the service. */
export interface ServiceOptions {
  /** What the program does once it has lost NET_RAW; it serves as before when not given. */
  readonly afterwards?: Conduct;
  readonly healthcheck?: boolean;
  readonly restart?: JsonObject;
  readonly apiVersion?: string;
  /** Its networks; the first is the one it was created on. */
  readonly networks?: readonly string[];
  /** What it does when the change is planned; it runs when not given. */
  readonly activity?: Activity;
  /** A container `sidecar` that lives in its network, and does this once it has lost NET_RAW. */
  readonly sidecar?: Conduct;
  /** Whether the new one is tried by a restart; never when not given. */
  readonly restartTrial?: RestartTrial;
  /** What is different about the change. */
  readonly change?: Partial<Change>;
}

/** Starts the host. The service has a named and an anonymous volume, and a health check where it is asked for. */
export async function memoryHost(options: ServiceOptions = {}): Promise<MemoryHost> {
  const engine = await MemoryEngine.open({
    images: [webImage(options), sidecarImage(options)],
    engine: { apiVersion: options.apiVersion ?? '1.41' },
  });
  const old = runWeb(engine, options);
  const sidecar = options.sidecar === undefined ? undefined : runSidecar(engine, old);
  const originals = new Set([old.id, sidecar?.id]);
  const connections: Awaited<ReturnType<typeof engineAt>>['connection'][] = [];
  return {
    engine,
    old,
    change: { ...changeOf(old), ...activityIn(options), dependants: dependantsOf(sidecar), ...options.change },
    settings: {
      gate: {
        healthyForSeconds: 1,
        deadlineSeconds: 5,
        onFailure: 'rollback',
        restartTrial: options.restartTrial ?? 'never',
      },
      planDigest: 'sha256:p1an',
      keepSeconds: 60,
      remembers: 'settings',
      preflight: () => Promise.resolve({ ready: true }),
    },
    async enter(run = RUN) {
      const { connection, engine: reached } = await engineAt(engine.socketPath);
      connections.push(connection);
      return await processAt(engine, reached, run);
    },
    calls: () =>
      engine.requests
        .filter(({ mutating, subject }) => mutating && subject !== LOCK_NAME)
        .map((call) => callText(call, old.id)),
    standing: () =>
      [...engine.store.containers.values()]
        .map((container) => {
          const policy = restartText(inspectContainer(engine.store, container) as unknown as ContainerInspect);
          return `${container.name}: ${originals.has(container.id) ? 'old' : 'new'}, ${container.phase}, ${policy}`;
        })
        .toSorted(),
    async close() {
      await Promise.all(connections.map((connection) => connection.close()));
      await engine.close();
    },
  };
}

/** A program that goes on serving, with what is different about it. */
export function serving(different: Partial<Extract<Conduct, { does: 'serve' }>> = {}): Conduct {
  return {
    does: 'serve',
    listens: ['80/tcp'],
    greeting: '',
    reply: 'HTTP/1.0 200 OK\r\n\r\nhello',
    health: 'healthy',
    healthKnownAtLook: 2,
    log: [],
    exitCodeWhenStopped: 0,
    ...different,
  };
}

function webImage({ afterwards = serving() }: ServiceOptions): ReturnType<typeof image> {
  const config = { Cmd: ['/bin/web'], Env: ['PATH=/bin'], ExposedPorts: { '80/tcp': {} }, Volumes: { '/cache': {} } };
  return image('shop/web:3', config, {
    '/bin/web': ({ capabilities }) => (capabilities.has('NET_RAW') ? serving() : afterwards),
  });
}

function runWeb(engine: MemoryEngine, options: ServiceOptions): MemoryContainer {
  const { healthcheck = false, restart = { Name: 'always' }, networks = ['front', 'back', 'audit'] } = options;
  for (const network of networks) engine.network(network, `172.28.${networks.indexOf(network)}.0/24`);
  const [first = 'bridge', ...others] = networks;
  const web = engine.run('web', {
    Image: 'shop/web:3',
    ...(healthcheck ? { Healthcheck: { Test: ['CMD', '/bin/true'] } } : {}),
    HostConfig: {
      NetworkMode: first,
      Binds: ['web-data:/data'],
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] },
      RestartPolicy: restart,
    },
    NetworkingConfig: { EndpointsConfig: { [first]: { Aliases: ['shop'] } } },
  });
  for (const other of others)
    connect(engine.store, other, web, { request: { Aliases: [`shop-${other}`] }, apiVersion: 1.41 });
  // It has run for a while: its health is known.
  web.looks = 100;
  const { activity = 'running' } = options;
  if (activity !== 'running') web.phase = activity === 'paused' ? 'paused' : 'exited';
  return web;
}

function sidecarImage({ sidecar = serving({ listens: [] }) }: ServiceOptions): ReturnType<typeof image> {
  return image(
    'shop/sidecar:1',
    { Cmd: ['/bin/sidecar'], Env: ['PATH=/bin'] },
    {
      '/bin/sidecar': ({ capabilities }) => (capabilities.has('NET_RAW') ? serving({ listens: [] }) : sidecar),
    },
  );
}

function runSidecar(engine: MemoryEngine, web: MemoryContainer): MemoryContainer {
  return engine.run('sidecar', {
    Image: 'shop/sidecar:1',
    HostConfig: { NetworkMode: `container:${web.id}`, RestartPolicy: { Name: 'always' } },
  });
}

function dependantsOf(sidecar: MemoryContainer | undefined): readonly DependantChange[] {
  if (!sidecar) return [];
  return [
    {
      container: sidecar.name,
      id: sidecar.id,
      through: ['network_mode'],
      activity: 'running',
      edits: [{ path: 'HostConfig.CapDrop', before: null, after: ['ALL'] }],
      staleIf: { engineId: 'MEMO:engine', configDigest: 'sha256:c0', imageId: sidecar.image.id },
    },
  ];
}

function activityIn({ activity }: ServiceOptions): Partial<Change> {
  return activity === undefined ? {} : { activity };
}

function changeOf({ id, name, image: { id: imageId } }: MemoryContainer): Change {
  return aChange({
    container: name,
    id,
    image: 'shop/web:3',
    edits: [
      {
        path: 'HostConfig.PortBindings',
        before: { '80/tcp': [{ HostIp: '', HostPort: '80' }] },
        after: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
      },
      { path: 'HostConfig.CapDrop', before: null, after: ['ALL'] },
    ],
    staleIf: { engineId: 'MEMO:engine', configDigest: 'sha256:c0', imageId },
  });
}

async function processAt(memory: MemoryEngine, engine: Engine, run: string): Promise<Process> {
  return {
    host: 'web-1',
    engine: () => Promise.resolve(engine),
    facts: await engine.facts(),
    journal: keptJournal(run),
    clock: fakeClock(),
    probe(ip, port) {
      const heard = memory.dial(ip, port);
      return Promise.resolve(heard === undefined || heard === 'nobody-behind' ? 'silent' : 'answers');
    },
    ...UNSEEING,
    lock: { operator: 'a.lopez@control-1', ...aProcess(), patienceSeconds: 0 },
    emit: () => undefined,
  };
}
