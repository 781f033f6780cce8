import { EnforceError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { ContainerInspect, EngineFacts, FileChange, ImageFacts } from '../model/snapshot.ts';
import type { ContainerSummary } from './engine.ts';

const CONTAINER_ID = /^[0-9a-f]{64}$/;

/** The engine's answer to /version and /info; what a field lacks is empty, as old engines leave fields out. */
export function readFacts(kind: EngineFacts['kind'], apiVersion: string, version: unknown, info: unknown): EngineFacts {
  const about = expectObject(version, 'the version');
  const host = expectObject(info, 'the info');
  const options = host['SecurityOptions'];
  return {
    kind: isPodman(about) ? 'podman' : kind,
    version: text(about['Version']),
    apiVersion,
    id: text(host['ID']),
    name: text(host['Name']),
    operatingSystem: text(host['OperatingSystem']),
    kernelVersion: text(host['KernelVersion']),
    securityOptions: Array.isArray(options) ? options.filter((option) => typeof option === 'string') : [],
  };
}

function isPodman(version: JsonObject): boolean {
  const components = version['Components'];
  return (
    Array.isArray(components) &&
    components.some((component) => isJsonObject(component) && component['Name'] === 'Podman Engine')
  );
}

/** The rows of a container list. */
export function readSummaries(value: unknown): readonly ContainerSummary[] {
  return expectList(value, 'the container list').map((row) => {
    const container = expectObject(row, 'a container of the list');
    const names = container['Names'];
    const labels = container['Labels'];
    return {
      id: expectId(container['Id'], 'a container of the list'),
      names: Array.isArray(names)
        ? names.filter((name) => typeof name === 'string').map((name) => name.replace(/^\//, ''))
        : [],
      labels: isJsonObject(labels)
        ? Object.fromEntries(Object.entries(labels).map(([key, label]) => [key, text(label)]))
        : {},
      state: text(container['State']),
      networkMode: isJsonObject(container['HostConfig']) ? text(container['HostConfig']['NetworkMode']) : '',
      row: container,
    };
  });
}

/**
 * A container's inspect, seen to have the parts everything else relies on; every field is carried as it came, and a
 * volume has a name.
 */
export function readContainer(value: unknown): ContainerInspect {
  const container = expectObject(value, 'the container');
  const whose = `of container ${expectId(container['Id'], 'the container').slice(0, 12)}`;
  const state = expectObject(container['State'], `State ${whose}`);
  const config = expectObject(container['Config'], `Config ${whose}`);
  const host = expectObject(container['HostConfig'], `HostConfig ${whose}`);
  const network = expectObject(container['NetworkSettings'], `NetworkSettings ${whose}`);

  expectText(container['Name'], `Name ${whose}`);
  expectText(container['Image'], `Image ${whose}`);
  expectText(config['Image'], `Config.Image ${whose}`);
  if (typeof state['Running'] !== 'boolean') throw odd(`State.Running ${whose} is neither true nor false`);
  for (const field of ['User', 'Hostname', 'WorkingDir']) expectTextOrNone(config[field], `Config.${field} ${whose}`);
  for (const field of ['Env', 'Cmd', 'Entrypoint']) expectTexts(config[field], `Config.${field} ${whose}`);
  expectTextTable(config['Labels'], `Config.Labels ${whose}`);
  for (const field of ['NetworkMode', 'PidMode', 'IpcMode'])
    expectTextOrNone(host[field], `HostConfig.${field} ${whose}`);
  for (const field of ['CapAdd', 'CapDrop', 'Binds', 'VolumesFrom', 'Links', 'SecurityOpt'])
    expectTexts(host[field], `HostConfig.${field} ${whose}`);
  expectTextTable(host['Sysctls'], `HostConfig.Sysctls ${whose}`);
  expectTextOrNone(host['ContainerIDFile'], `HostConfig.ContainerIDFile ${whose}`);
  expectRows(host['Mounts'], ['Type', 'Source', 'Target'], `HostConfig.Mounts ${whose}`);
  expectRows(host['Devices'], ['PathOnHost'], `HostConfig.Devices ${whose}`);
  expectBindings(host['PortBindings'], `HostConfig.PortBindings ${whose}`);
  expectBindings(network['Ports'], `NetworkSettings.Ports ${whose}`);
  for (const endpoint of valuesOf(network['Networks'], `NetworkSettings.Networks ${whose}`))
    for (const field of ['NetworkID', 'MacAddress', 'IPAddress'])
      expectTextOrNone(expectObject(endpoint, `a network ${whose}`)[field], `${field} of a network ${whose}`);
  expectRows(container['Mounts'], ['Type', 'Name', 'Source', 'Mode'], `Mounts ${whose}`);
  for (const mount of rowsOf(container['Mounts'], `Mounts ${whose}`))
    expectText(expectObject(mount, `a mount ${whose}`)['Destination'], `the destination of a mount ${whose}`);
  return withVolumeNames(container as unknown as ContainerInspect);
}

/** Docker 28 leaves out the name of a volume it made for a bind without a source; the volume's folder is called so. */
function withVolumeNames(container: ContainerInspect): ContainerInspect {
  const named = container.Mounts?.map((mount) => {
    const [, name] = /\/volumes\/([0-9a-f]{64})\/_data$/.exec(mount.Source ?? '') ?? [];
    return mount.Type === 'volume' && !mount.Name && name !== undefined ? { ...mount, Name: name } : mount;
  });
  return named?.some((mount, index) => mount !== container.Mounts?.[index])
    ? { ...container, Mounts: named }
    : container;
}

function expectRows(value: unknown, texts: readonly string[], what: string): void {
  for (const row of rowsOf(value, what))
    for (const field of texts) expectTextOrNone(expectObject(row, `a row of ${what}`)[field], `${field} of ${what}`);
}

function expectBindings(value: unknown, what: string): void {
  for (const rows of valuesOf(value, what)) {
    for (const row of rowsOf(rows, `a port of ${what}`)) {
      const binding = expectObject(row, `a binding of ${what}`);
      for (const field of ['HostIp', 'HostPort']) expectTextOrNone(binding[field], `${field} of ${what}`);
    }
  }
}

/** An image's inspect, reduced to what plans are made from. */
export function readImage(value: unknown): ImageFacts {
  const image = expectObject(value, 'the image');
  const tags = image['RepoTags'];
  const config = image['Config'];
  return {
    id: expectText(image['Id'], 'the id of the image'),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    config: isJsonObject(config) ? config : {},
    ...(typeof image['Comment'] === 'string' && image['Comment'] !== '' ? { comment: image['Comment'] } : {}),
  };
}

const KINDS: readonly FileChange['kind'][] = ['modified', 'added', 'deleted'];

/** The engine answers null for no change at all. */
export function readFileChanges(value: unknown): readonly FileChange[] {
  if (value === null) return [];
  return expectList(value, 'the list of changed files').map((row) => {
    const change = expectObject(row, 'a changed file');
    const number = change['Kind'];
    const kind = typeof number === 'number' ? KINDS[number] : undefined;
    if (kind === undefined) throw odd('a changed file has an unknown kind');
    return { path: expectText(change['Path'], 'the path of a changed file'), kind };
  });
}

/** Whether a path's description is of a folder: the highest bit of Go's file mode. */
export function isFolderStat(header: unknown): boolean {
  const mode = readStat(header)?.['mode'];
  return typeof mode === 'number' && mode >= 2 ** 31;
}

/** Where the link that a path's description is of leads in the end; undefined for what is no link. */
export function linkTargetOf(header: unknown): string | undefined {
  const target = readStat(header)?.['linkTarget'];
  return typeof target === 'string' && target !== '' ? target : undefined;
}

/** A path's description: base64 JSON in a header. */
function readStat(header: unknown): JsonObject | undefined {
  if (typeof header !== 'string') return undefined;
  try {
    const stat: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
    return isJsonObject(stat) ? stat : undefined;
  } catch {
    return undefined;
  }
}

/** The names in a list of images. */
export function readImageNames(value: unknown): readonly string[] {
  return expectList(value, 'the image list').flatMap((row) => {
    const tags = expectObject(row, 'an image of the list')['RepoTags'];
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  });
}

function expectObject(value: unknown, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw odd(`${what} is not an object`);
}

function expectList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw odd(`${what} is not a list`);
}

function expectText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw odd(`${what} is not a text`);
}

function expectTextOrNone(value: unknown, what: string): void {
  if (value !== null && value !== undefined) expectText(value, what);
}

function expectTexts(value: unknown, what: string): void {
  if (rowsOf(value, what).some((item) => typeof item !== 'string')) throw odd(`${what} is not a list of texts`);
}

function expectTextTable(value: unknown, what: string): void {
  for (const item of valuesOf(value, what)) expectText(item, `a value of ${what}`);
}

/** The engine writes null for an empty list, and for an empty table. */
function rowsOf(value: unknown, what: string): readonly unknown[] {
  return value === null || value === undefined ? [] : expectList(value, what);
}

function valuesOf(value: unknown, what: string): readonly unknown[] {
  return value === null || value === undefined ? [] : Object.values(expectObject(value, what));
}

function expectId(value: unknown, what: string): string {
  if (typeof value === 'string' && CONTAINER_ID.test(value)) return value;
  throw odd(`${what} has no proper id`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function odd(what: string): EnforceError {
  return new EnforceError('engine', `the engine's answer is not as its API says: ${what}`, {
    hint: 'the engine may be faulty, or something other than an engine answers',
  });
}
