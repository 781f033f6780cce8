import { grantedCapabilities } from './capabilities.ts';
import { number, object, text, texts } from './fields.ts';
import { dropAnonymousVolumes } from './mounts.ts';
import { plugIn, unplug } from './networks.ts';
import { publish } from './ports.ts';
import type { LogLine, Program } from './program.ts';
import { Refusal } from './refusal.ts';
import type { MemoryContainer, Store } from './store.ts';
import { findContainer, isUp } from './store.ts';

/** What a lifecycle call did: 204, or 304 because it was so already. */
export type Done = 204 | 304;

/** `POST /start`. A start that fails leaves no address, no port and no process behind, only the reason. */
export function start(store: Store, container: MemoryContainer, apiVersion: number): Done {
  if (container.phase === 'paused') throw new Refusal(409, 'cannot start a paused container, try unpause instead');
  if (container.phase === 'running' || container.phase === 'restarting') return 304;
  container.restartCount = 0;
  container.stoppedByHand = false;
  launch(store, container, apiVersion);
  return 204;
}

function launch(store: Store, container: MemoryContainer, apiVersion: number): void {
  try {
    joinOthers(store, container);
    plugIn(store, container, apiVersion);
    const [endpoint] = container.endpoints.values();
    container.published = publish(store, container, endpoint?.endpointId ?? '');
    run(store, container, programOf(container));
  } catch (error) {
    unplug(container);
    container.published = [];
    container.error = error instanceof Error ? error.message : String(error);
    container.exitCode = error instanceof Refusal && error.message.startsWith('failed to create shim') ? 127 : 128;
    throw error;
  }
}

/** Other containers' namespaces must be there to be joined. */
function joinOthers(store: Store, container: MemoryContainer): void {
  for (const field of ['NetworkMode', 'PidMode', 'IpcMode']) {
    const reference = /^container:(.*)$/.exec(text(container.hostConfig[field]))?.[1];
    if (reference === undefined) continue;
    const other = findContainer(store, reference);
    if (!isUp(other)) throw new Refusal(409, `cannot join network of a non running container: ${other.id}`);
  }
  for (const mount of container.mounts) {
    // A named volume that was removed meanwhile is made again, empty: nobody is told (recreate.md V9).
    if (mount.Type === 'volume' && mount.Name !== undefined && !store.volumes.has(mount.Name))
      store.volumes.set(mount.Name, { name: mount.Name, createdAt: store.now() });
  }
}

/** The words of the container's command, entrypoint first. */
export function commandLine(container: MemoryContainer): readonly string[] {
  return [...texts(container.config['Entrypoint']), ...texts(container.config['Cmd'])];
}

function programOf(container: MemoryContainer): Program {
  const [path = ''] = commandLine(container);
  const programs = Object.entries(container.image.programs);
  const found = programs.find(([name]) => name === path || (!path.includes('/') && name.endsWith(`/${path}`)));
  if (found) return found[1];
  const why = path.includes('/') ? `stat ${path}: no such file or directory` : 'executable file not found in $PATH';
  throw new Refusal(
    400,
    `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${path}": ${why}: unknown`,
  );
}

function run(store: Store, container: MemoryContainer, program: Program): void {
  const isRoot = /^(root|0)?(:.*)?$/.test(text(container.config['User']));
  const conduct = program({
    commandLine: commandLine(container),
    env: texts(container.config['Env']),
    capabilities: isRoot ? grantedCapabilities(container.hostConfig) : new Set(),
    networkMode: text(container.hostConfig['NetworkMode']),
  });
  container.conduct = conduct;
  container.phase = 'running';
  container.wasStarted = true;
  container.looks = 0;
  container.error = '';
  container.exitCode = 0;
  container.startedAt = store.now();
  container.log = [...container.log, ...conduct.log];
  if (container.hostConfig['Init'] === true) container.changes = withInit(container.changes);
  if (conduct.does === 'exit' && conduct.afterLooks === 0) ended(store, container, conduct.exitCode);
}

/** `--init` puts a file of the engine's own into the writable layer. */
function withInit(changes: MemoryContainer['changes']): MemoryContainer['changes'] {
  const own = [{ Path: '/sbin', Kind: 1 } as const, { Path: '/sbin/docker-init', Kind: 1 } as const];
  return [...changes, ...own.filter(({ Path }) => !changes.some((change) => change.Path === Path))];
}

/** The process is gone: the restart policy decides whether that is the end. */
function ended(store: Store, container: MemoryContainer, exitCode: number): void {
  unplug(container);
  container.published = [];
  container.exitCode = exitCode;
  container.finishedAt = store.now();
  container.phase = wantsRestart(container) ? 'restarting' : 'exited';
  if (container.phase === 'exited' && container.hostConfig['AutoRemove'] === true) discard(store, container);
}

function wantsRestart(container: MemoryContainer): boolean {
  const policy = object(container.hostConfig['RestartPolicy']);
  const most = number(policy['MaximumRetryCount']);
  switch (policy['Name']) {
    case 'always':
      return true;
    case 'unless-stopped':
      return !container.stoppedByHand;
    case 'on-failure':
      return container.exitCode !== 0 && (most === 0 || container.restartCount < most);
    default:
      return false;
  }
}

/**
 * Time passes for a container whenever it is inspected: a program ends after so many looks, and one that is restarting
 * is caught running every other time, as a real one may be.
 */
export function look(store: Store, container: MemoryContainer, apiVersion: number): void {
  if (container.phase === 'restarting') {
    again(store, container, apiVersion);
    return;
  }
  container.looks += 1;
  const { conduct } = container;
  if (container.phase === 'running' && conduct?.does === 'exit' && container.looks >= conduct.afterLooks)
    ended(store, container, conduct.exitCode);
}

function again(store: Store, container: MemoryContainer, apiVersion: number): void {
  container.restartCount += 1;
  try {
    launch(store, container, apiVersion);
    if (container.conduct?.does === 'exit') container.phase = 'running';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    container.phase = 'exited';
  }
}

/** `POST /stop`. */
export function stop(store: Store, container: MemoryContainer): Done {
  if (container.phase === 'created' || container.phase === 'exited') return 304;
  container.stoppedByHand = true;
  halt(store, container, container.conduct?.does === 'serve' ? container.conduct.exitCodeWhenStopped : 143);
  return 204;
}

/** `POST /kill`: at once, and without asking the restart policy. */
export function kill(store: Store, container: MemoryContainer): Done {
  if (!isUp(container))
    throw new Refusal(409, `Cannot kill container: ${container.name}: Container ${container.id} is not running`);
  container.stoppedByHand = true;
  halt(store, container, 137);
  return 204;
}

function halt(store: Store, container: MemoryContainer, exitCode: number): void {
  unplug(container);
  if (container.phase !== 'restarting') {
    container.exitCode = exitCode;
    container.finishedAt = store.now();
  }
  container.published = [];
  container.phase = 'exited';
  if (container.hostConfig['AutoRemove'] === true) discard(store, container);
}

/** `POST /restart`. */
export function restart(store: Store, container: MemoryContainer, apiVersion: number): Done {
  stop(store, container);
  try {
    start(store, container, apiVersion);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(500, `Cannot restart container ${container.name}: ${why}`);
  }
  return 204;
}

/** `POST /pause` and `POST /unpause`. */
export function pause(container: MemoryContainer, wanted: 'paused' | 'running'): Done {
  if (!isUp(container)) throw new Refusal(409, `Container ${container.id} is not running`);
  if (container.phase === wanted)
    throw new Refusal(409, `Container ${container.id} is ${wanted === 'paused' ? 'already paused' : 'not paused'}`);
  container.phase = wanted;
  return 204;
}

/** `DELETE /containers/{id}`. */
export function remove(
  store: Store,
  container: MemoryContainer,
  { force, volumes }: { readonly force: boolean; readonly volumes: boolean },
): Done {
  const { phase, id } = container;
  if (phase !== 'created' && phase !== 'exited') {
    if (!force) {
      const advice = phase === 'paused' ? 'Unpause and then stop' : 'Stop';
      throw new Refusal(
        409,
        `You cannot remove a ${phase} container ${id}. ${advice} the container before attempting removal or force remove`,
      );
    }
    halt(store, container, 137);
  }
  if (volumes) dropAnonymousVolumes(store, container);
  store.containers.delete(id);
  return 204;
}

function discard(store: Store, container: MemoryContainer): void {
  dropAnonymousVolumes(store, container);
  store.containers.delete(container.id);
}

/**
 * The engine stops and comes up again: what it starts then is up to restart policies, except that a container that
 * never ran stays as it is (recreate.md L2, L3). A created `--rm` container does not survive (L13).
 */
export function reboot(store: Store): void {
  const all = [...store.containers.values()];
  const wasUp = new Set(all.filter((container) => isUp(container) || container.phase === 'restarting'));
  for (const container of wasUp) halt(store, container, container.phase === 'restarting' ? container.exitCode : 137);
  for (const container of all) {
    if (container.hostConfig['AutoRemove'] === true && !container.wasStarted) discard(store, container);
    if (!store.containers.has(container.id) || !container.wasStarted || !wantsRestart(container)) continue;
    try {
      launch(store, container, Number(store.engine.apiVersion));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

/** The last lines a container wrote. */
export function lastLines(container: MemoryContainer, most: number): readonly LogLine[] {
  return container.log.slice(-most);
}
