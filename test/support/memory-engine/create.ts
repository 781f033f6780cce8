import type { JsonObject, JsonValue } from '../../../src/model/json.ts';
import { list, object, text, texts } from './fields.ts';
import { storedHostConfig } from './host-config.ts';
import { mountEverything } from './mounts.ts';
import { askedEndpoints } from './networks.ts';
import { Refusal } from './refusal.ts';
import type { MemoryContainer, MemoryImage, Store } from './store.ts';
import { findContainer, findImage } from './store.ts';

/** When a container never started or never ended. */
const NEVER = '0001-01-01T00:00:00Z';

/** `POST /containers/create`: checks in the engine's order, so that the first complaint is the same. */
export function createContainer(store: Store, name: string, body: JsonObject, apiVersion: number): MemoryContainer {
  const image = text(body['Image']);
  if (image === '' && Object.keys(body).every((key) => key === 'HostConfig' || key === 'NetworkingConfig'))
    throw new Refusal(400, 'Config cannot be empty in order to create a container');
  const asked = object(body['HostConfig']);
  refuseConflicts(body, asked);
  const hostConfig = storedHostConfig(asked, apiVersion);
  const mode = resolvedMode(store, text(hostConfig['NetworkMode']));
  const endpoints = askedEndpoints(store, mode, object(body['NetworkingConfig']), apiVersion);
  const found = findImage(store, image);
  if (!found) throw new Refusal(404, `No such image: ${image}`);
  const config = mergedConfig(body, found);
  for (const field of ['PidMode', 'IpcMode']) {
    const other = /^container:(.*)$/.exec(text(hostConfig[field]))?.[1];
    if (other !== undefined) findContainer(store, other, 400);
  }
  const id = store.nextId();
  reserveName(store, name || `quiet_${id.slice(0, 6)}`);
  const container: MemoryContainer = {
    id,
    name: name || `quiet_${id.slice(0, 6)}`,
    created: store.now(),
    image: found,
    config: { ...config, Hostname: hostname(store, { asked: text(body['Hostname']), mode, id }) },
    hostConfig: { ...hostConfig, NetworkMode: mode },
    mounts: mountEverything(store, config, hostConfig),
    endpoints,
    phase: 'created',
    exitCode: 0,
    error: '',
    startedAt: NEVER,
    finishedAt: NEVER,
    restartCount: 0,
    wasStarted: false,
    stoppedByHand: false,
    conduct: undefined,
    looks: 0,
    published: [],
    log: [],
    files: new Map(),
    changes: [],
  };
  store.containers.set(id, container);
  return container;
}

/** Refuses a name that is badly spelt or taken. */
export function reserveName(store: Store, name: string, asPath = name): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name))
    throw new Refusal(400, `Invalid container name (${asPath}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  const holder = [...store.containers.values()].find((container) => container.name === name);
  if (holder)
    throw new Refusal(
      409,
      `Conflict. The container name "/${name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
}

function refuseConflicts(body: JsonObject, asked: JsonObject): void {
  const mode = text(asked['NetworkMode']);
  if (asked['UTSMode'] === 'host' && text(body['Hostname']) !== '')
    throw new Refusal(400, 'conflicting options: hostname and the UTS mode');
  if (!mode.startsWith('container:')) return;
  const published = Object.keys(object(asked['PortBindings'])).length > 0 || asked['PublishAllPorts'] === true;
  const exposed = Object.keys(object(body['ExposedPorts'])).length > 0;
  const complaint =
    text(body['Hostname']) !== ''
      ? 'hostname and the network mode'
      : list(asked['Dns'] ?? null).length > 0
        ? 'dns and the network mode'
        : list(asked['ExtraHosts'] ?? null).length > 0
          ? 'custom host-to-IP mapping and the network mode'
          : published
            ? 'port publishing and the container type network mode'
            : exposed
              ? 'port exposing and the container type network mode'
              : '';
  if (complaint !== '') throw new Refusal(400, `conflicting options: ${complaint}`);
}

/** A name after `container:` is kept as the id it stands for, when it stands for one. */
function resolvedMode(store: Store, mode: string): string {
  const reference = /^container:(.*)$/.exec(mode)?.[1];
  const other = [...store.containers.values()].find(({ id, name }) => reference === name || reference === id);
  return other ? `container:${other.id}` : mode;
}

function hostname(
  store: Store,
  { asked, mode, id }: { readonly asked: string; readonly mode: string; readonly id: string },
): string {
  if (asked !== '') return asked;
  return mode === 'host' ? store.engine.hostName : id.slice(0, 12);
}

/** The image fills in what was not said; what the image says cannot be taken away. */
function mergedConfig(body: JsonObject, image: MemoryImage): JsonObject {
  const own = Object.fromEntries(Object.entries(body).filter(([key]) => !NOT_CONFIG.has(key)));
  const base = image.config;
  const { Entrypoint, Cmd } = mergedCommand(own, base);
  if (texts(Entrypoint).length + texts(Cmd).length === 0) throw new Refusal(400, 'No command specified');
  const exposed = { ...object(base['ExposedPorts']), ...object(own['ExposedPorts']) };
  const health = { ...object(base['Healthcheck']), ...object(own['Healthcheck']) };
  const volumes = { ...object(base['Volumes']), ...object(own['Volumes']) };
  const env = mergedEnv(texts(own['Env']), texts(base['Env']));
  const stopSignal = text(own['StopSignal']) || text(base['StopSignal']);
  return {
    ...PLAIN,
    ...own,
    User: text(own['User']) || text(base['User']),
    WorkingDir: text(own['WorkingDir']) || text(base['WorkingDir']),
    Env: env.length > 0 ? env : null,
    Cmd,
    Entrypoint,
    Labels: { ...object(base['Labels']), ...object(own['Labels']) },
    Volumes: isEmpty(volumes) ? null : volumes,
    ...(isEmpty(exposed) ? {} : { ExposedPorts: exposed }),
    ...(isEmpty(health) ? {} : { Healthcheck: health }),
    ...(stopSignal === '' ? {} : { StopSignal: stopSignal }),
  };
}

/** An entrypoint of one's own does without the image's command; an empty text as the only word means none at all. */
function mergedCommand(own: JsonObject, base: JsonObject): { readonly Entrypoint: JsonValue; readonly Cmd: JsonValue } {
  const entrypoint = words(own['Entrypoint']);
  const command = words(own['Cmd']);
  const Cmd = (entrypoint ?? []).length === 0 && (command ?? []).length === 0 ? words(base['Cmd']) : command;
  const Entrypoint = entrypoint ?? words(base['Entrypoint']);
  return { Entrypoint: Entrypoint?.length === 1 && Entrypoint[0] === '' ? null : Entrypoint, Cmd };
}

/** A command may be one text or a list of them. */
function words(field: JsonValue | undefined): readonly string[] | null {
  if (typeof field === 'string') return [field];
  return Array.isArray(field) ? texts(field) : null;
}

function mergedEnv(own: readonly string[], base: readonly string[]): readonly string[] {
  const named = new Set(own.map((entry) => entry.split('=')[0]));
  return [...own, ...base.filter((entry) => !named.has(entry.split('=')[0]))];
}

function isEmpty(fields: object): boolean {
  return Object.keys(fields).length === 0;
}

const NOT_CONFIG = new Set(['HostConfig', 'NetworkingConfig']);

const PLAIN = {
  Domainname: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  OnBuild: null,
};
