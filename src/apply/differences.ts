import { normalizeCapability } from '../model/capabilities.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import { parseRoleName } from '../model/names.ts';
import type { Edit } from '../model/plan.ts';
import type { ContainerInspect, EngineFacts } from '../model/snapshot.ts';
import { endpointsOf } from './endpoints.ts';
import { EDITABLE, isMark } from './marks.ts';
import { repointed } from './repointed.ts';
import type { Successor } from './successors.ts';
import { hasOwnHostname, keptHostname } from './kept-hostname.ts';

/**
 * Where a candidate differs from the container it is to replace, beyond what was planned and what the engine renews for
 * every container (recreate.md §21). Empty means: the same container again. Each line names the setting.
 */
export function differences(
  old: ContainerInspect,
  candidate: ContainerInspect,
  engine: EngineFacts,
  { edited, successors, hasOwnImage }: Planned = { edited: EDITABLE, successors: [], hasOwnImage: false },
): readonly string[] {
  const changed = [
    ...edited,
    ...(hasOwnImage ? ['Image'] : []),
    // The engine hides paths of its own from whoever is not privileged.
    ...(edited.includes('HostConfig.Privileged') ? ['HostConfig.MaskedPaths', 'HostConfig.ReadonlyPaths'] : []),
  ];
  const { Links } = old.HostConfig;
  const was = { ...old, HostConfig: { ...repointed(old.HostConfig as unknown as JsonObject, successors), Links } };
  return compare(normalForm(was as unknown as ContainerInspect, engine), normalForm(candidate, engine), '').filter(
    (path) => !changed.some((editable) => path === editable || path.startsWith(`${editable}.`)),
  );
}

/** What is meant to be different beside the settings that a plan changes. */
export interface Planned {
  /** Paths of the settings that the plan changes. */
  readonly edited: readonly string[];
  /** Containers that take the place of those the old one refers to. */
  readonly successors: readonly Successor[];
  /** The candidate is made from an image of the old container. */
  readonly hasOwnImage: boolean;
}

/** What must be the same in both, with what the engine renews taken out. */
function normalForm(inspect: ContainerInspect, engine: EngineFacts): JsonValue {
  const { Config, HostConfig, Mounts } = inspect;
  const mode = HostConfig.NetworkMode ?? '';
  const isJoined = mode.startsWith('container:');
  // Its host name is another's: the engine shows one of its own making, or the other's.
  const borrowsHostname = isJoined || mode === 'host' || HostConfig.UTSMode === 'host';
  const hasNone = borrowsHostname || (hasOwnHostname(inspect) && keptHostname(inspect, engine) === undefined);
  return {
    Image: inspect.Image,
    // One image id may stand for several platforms (I5).
    Manifest: manifestOf(inspect),
    Path: inspect.Path ?? null,
    Args: inspect.Args ?? [],
    Config: withoutFields(
      Config as unknown as JsonValue,
      ['Image', ...(hasNone ? ['Hostname'] : []), ...(borrowsHostname ? ['Domainname'] : [])],
      {
        Labels: Object.fromEntries(Object.entries(Config.Labels ?? {}).filter(([key]) => !isMark(key))),
        MacAddress: isJoined ? '' : (Config.MacAddress ?? '').toLowerCase(),
        Env: [...(Config.Env ?? [])].sort(),
      },
    ),
    HostConfig: withoutFields(
      HostConfig as unknown as JsonValue,
      [
        'Capabilities',
        'ContainerIDFile',
        'KernelMemory',
        'KernelMemoryTCP',
        'RestartPolicy',
        'Binds',
        'Mounts',
        'Links',
      ],
      {
        NetworkMode: mode === 'default' ? 'bridge' : mode,
        Links: (HostConfig.Links ?? []).map(linkForm).toSorted(),
      },
    ),
    Mounts: Object.fromEntries(
      (Mounts ?? []).map(({ Type = '', Name = '', Source = '', Destination, RW = true, Propagation = '' }) => [
        Destination,
        { Type, Name, Source, RW, Propagation },
      ]),
    ),
    Networks: Object.fromEntries(
      endpointsOf(inspect, engine).map(({ network, endpoint }) => [
        network,
        withoutFields(endpoint, ['MacAddress'], { Aliases: sorted(endpoint['Aliases']) }),
      ]),
    ),
  };
}

function manifestOf(inspect: ContainerInspect): JsonValue {
  const descriptor = (inspect as unknown as JsonObject)['ImageManifestDescriptor'];
  return isJsonObject(descriptor) ? (descriptor['digest'] ?? null) : null;
}

/** Settings of a candidate that are not what was planned; capabilities are compared as sets, as engines respell them. */
export function unmadeEdits(inspect: ContainerInspect, edits: readonly Edit[]): readonly string[] {
  return edits
    .filter(({ path, after }) => {
      const made = settingAt(inspect, path);
      return compare(capabilitySet(path, made), capabilitySet(path, after), path).length > 0;
    })
    .map(({ path }) => path);
}

/** A setting by its path, `HostConfig.CapDrop`; undefined where it is not there. */
export function settingAt(inspect: ContainerInspect, path: string): JsonValue | undefined {
  const [part = '', field = ''] = path.split('.');
  const settings = (part === 'Config' ? inspect.Config : inspect.HostConfig) as unknown as JsonObject;
  return own(settings, field);
}

function capabilitySet(path: string, value: JsonValue | undefined): JsonValue | undefined {
  if (!/Cap(?:Add|Drop)$/.test(path) || !Array.isArray(value)) return value;
  return (value as readonly string[]).map(normalizeCapability).sort();
}

/** `/db:/shop/mydb` names the container it belongs to, and the other by the name it has at that moment of a change. */
function linkForm(link: string): string {
  const [reference = '', ...alias] = link.replace(/:\/.*\//, ':').split(':');
  return [parseRoleName(reference)?.target ?? reference, ...alias].join(':');
}

function withoutFields(
  value: JsonValue,
  fields: readonly string[],
  instead: Readonly<Record<string, JsonValue>>,
): JsonValue {
  if (!isJsonObject(value)) return value;
  return { ...Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key))), ...instead };
}

function sorted(value: JsonValue | undefined): JsonValue {
  return Array.isArray(value) ? [...(value as JsonValue[])].map(String).sort() : [];
}

function compare(a: JsonValue | undefined, b: JsonValue | undefined, path: string): readonly string[] {
  if (isJsonObject(a) && isJsonObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .sort()
      .flatMap((key) => compare(own(a, key), own(b, key), path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return (a as JsonValue[]).every((item, index) => compare(item, (b as JsonValue[])[index], '').length === 0)
      ? []
      : [path];
  return a === b || (isNothing(a, path) && isNothing(b, path)) ? [] : [path];
}

function own(value: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Null, absent and empty mean the same to the engine, save where an empty list says "none" and null says "the default". */
function isNothing(value: JsonValue | undefined, path: string): boolean {
  if (value === null || value === undefined) return true;
  if (/(?:MaskedPaths|ReadonlyPaths)$/.test(path)) return false;
  return (
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (isJsonObject(value) && Object.keys(value).length === 0)
  );
}
