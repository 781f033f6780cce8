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
    };
  });
}

/** A container's inspect, seen to have the parts everything else relies on; every field is carried as it came. */
export function readContainer(value: unknown): ContainerInspect {
  const container = expectObject(value, 'the container');
  const id = expectId(container['Id'], 'the container');
  for (const part of ['State', 'Config', 'HostConfig', 'NetworkSettings'])
    expectObject(container[part], `${part} of container ${id.slice(0, 12)}`);
  if (typeof container['Name'] !== 'string' || typeof container['Image'] !== 'string')
    throw odd(`container ${id.slice(0, 12)} has no name or image`);
  const inspect = container as unknown as ContainerInspect;
  for (const [field, list] of Object.entries({
    'Config.Env': inspect.Config.Env,
    'HostConfig.CapAdd': inspect.HostConfig.CapAdd,
    'HostConfig.CapDrop': inspect.HostConfig.CapDrop,
  })) {
    expectTexts(list, `${field} of container ${id.slice(0, 12)}`);
  }
  for (const [field, table] of Object.entries({
    'HostConfig.PortBindings': inspect.HostConfig.PortBindings,
    'NetworkSettings.Ports': inspect.NetworkSettings.Ports,
    'NetworkSettings.Networks': inspect.NetworkSettings.Networks,
    'Config.Labels': inspect.Config.Labels,
  })) {
    if (table !== null && table !== undefined) expectObject(table, `${field} of container ${id.slice(0, 12)}`);
  }
  return inspect;
}

/** An image's inspect, reduced to what plans are made from. */
export function readImage(value: unknown): ImageFacts {
  const image = expectObject(value, 'the image');
  const tags = image['RepoTags'];
  const config = image['Config'];
  return {
    id: text(image['Id']),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    config: isJsonObject(config) ? config : {},
  };
}

/** The engine answers null for no change at all. */
export function readFileChanges(value: unknown): readonly FileChange[] {
  if (value === null) return [];
  return expectList(value, 'the list of changed files').map((row) => {
    const change = expectObject(row, 'a changed file');
    const kind = (['modified', 'added', 'deleted'] as const)[Number(change['Kind'])];
    if (kind === undefined) throw odd('a changed file has an unknown kind');
    return { path: text(change['Path']), kind };
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

function expectTexts(value: unknown, what: string): void {
  if (value === null || value === undefined) return;
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw odd(`${what} is not a list of texts`);
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
