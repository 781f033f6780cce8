import type { ContainerInspect } from '../../src/model/snapshot.ts';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { writeJson } from '../../src/engine/json-text.ts';
import { list, object, text } from '../support/memory-engine/fields.ts';

/**
 * When two inspects are of the same container again. This is written from what engines do, not from what enforce does,
 * and shares nothing with the comparison enforce makes: every value counts but those named here, each with its reason.
 */
export function differencesAfterRecreate(old: ContainerInspect, candidate: ContainerInspect): readonly string[] {
  const pinned = unnamedVolumes(old);
  return differing(
    rowsOf(recreatedForm(old, pinned)).filter(isNotRenewedByCreate(old)),
    rowsOf(recreatedForm(candidate, pinned)).filter(isNotRenewedByCreate(old)),
  );
}

/** The same for one container that was stopped and started again: everything else must be as it was. */
export function differencesAfterStart(earlier: ContainerInspect, later: ContainerInspect): readonly string[] {
  return differing(rowsOf(startedForm(earlier)), rowsOf(startedForm(later)));
}

/** Ids of sandboxes and processes, times, execs under way, and addresses that nobody chose. */
const RENEWED_BY_A_START =
  /^(State\.(Pid|StartedAt|FinishedAt|Health\b.*)|ExecIDs\b.*|NetworkSettings\.(Networks\.[^.]+\.)?(EndpointID|SandboxID|SandboxKey|Gateway|IPv6Gateway|IPAddress|IPPrefixLen|GlobalIPv6Address|GlobalIPv6PrefixLen|MacAddress))$/;

/** Who it is, and where the engine keeps its files. */
const RENEWED_BY_A_CREATE = /^(Id|Created|(ResolvConf|Hostname|Hosts|Log)Path|GraphDriver\.Data\..*)$/;

/** Null, nothing and empty are one to the engine, but not here: an empty list of masked paths masks nothing. */
const NOTHING = /^(?!HostConfig\.(MaskedPaths|ReadonlyPaths) |Config\.(Entrypoint|Cmd) ).* = (null|\{\}|\[\]|"")$/;

type Row = readonly [path: string, value: string];

function isNotRenewedByCreate({ HostConfig }: ContainerInspect): (row: Row) => boolean {
  return ([path, value]) =>
    !RENEWED_BY_A_CREATE.test(path) &&
    // With the host's own name in use, the one in the settings is made of the id and has no effect.
    !(HostConfig.UTSMode === 'host' && path === 'Config.Hostname') &&
    !NOTHING.test(`${path} = ${value}`);
}

function startedForm(inspect: ContainerInspect): JsonObject {
  const { NetworkSettings, HostConfig, Mounts, ...rest } = inspect as unknown as JsonObject;
  const [host, settings] = [object(HostConfig), object(NetworkSettings)];
  return {
    ...rest,
    // The engine keeps links and mounts in no order.
    HostConfig: { ...host, Links: list(host['Links']).map(text).toSorted() },
    Mounts: Object.fromEntries(list(Mounts).map((mount) => [text(object(mount)['Destination']), mount])),
    NetworkSettings: {
      ...settings,
      Ports: publishedForm(object(settings['Ports']), inspect),
      Networks: mapped(settings['Networks'], (endpoint) => withFixedAddresses(object(endpoint), inspect)),
    },
  };
}

/**
 * Where each published port is published, without the numbers that the engine chose: of a range, and where none is said,
 * it takes another at every start, sometimes two. Ports that are not published it lists or leaves out at random.
 */
function publishedForm(ports: JsonObject, { HostConfig }: ContainerInspect): JsonObject {
  const entries = Object.entries(ports).map(([port, bindings]): [string, JsonValue] => {
    const asked = HostConfig.PortBindings?.[port] ?? [];
    const isFixed = asked.length > 0 && asked.every(({ HostPort = '' }) => /^[1-9]\d*$/.test(HostPort));
    const places = list(bindings).map((row) => writeJson({ ...object(row), ...(isFixed ? {} : { HostPort: 'any' }) }));
    return [port, [...new Set(places)].sort()];
  });
  return Object.fromEntries(entries.filter(([, places]) => list(places).length > 0));
}

/** Addresses that somebody chose are not renewed: they count under a name of their own. */
function withFixedAddresses(endpoint: JsonObject, { Config }: ContainerInspect): JsonObject {
  const { IPAMConfig, IPAddress, GlobalIPv6Address, MacAddress } = endpoint;
  const fixed = object(IPAMConfig);
  return {
    ...endpoint,
    ...(fixed['IPv4Address'] ? { FixedIPv4: IPAddress } : {}),
    ...(fixed['IPv6Address'] ? { FixedIPv6: GlobalIPv6Address } : {}),
    ...(Config.MacAddress && Config.MacAddress.toLowerCase() === MacAddress ? { FixedMac: MacAddress } : {}),
  };
}

/** Places of volumes that no setting names: a container that is to keep them must name them from now on. */
function unnamedVolumes({ Mounts, HostConfig }: ContainerInspect): ReadonlySet<string> {
  const named = [
    ...(HostConfig.Binds ?? []).filter((bind) => bind.includes(':')).map((bind) => bind.split(':')[1] ?? ''),
    ...(HostConfig.Mounts ?? []).filter(({ Source }) => Source).map(({ Target = '' }) => Target),
  ];
  const places = (Mounts ?? []).filter(({ Type }) => Type === 'volume').map(({ Destination }) => Destination);
  return new Set(places.filter((place) => !named.includes(place)));
}

function recreatedForm(inspect: ContainerInspect, pinned: ReadonlySet<string>): JsonObject {
  const { Config, HostConfig, Mounts, NetworkSettings, ...rest } = startedForm(inspect);
  const [config, host, settings] = [object(Config), object(HostConfig), object(NetworkSettings)];
  return {
    ...rest,
    Config: { ...config, Labels: withoutMarks(config['Labels']) },
    HostConfig: {
      ...host,
      Binds: list(host['Binds'])
        .map(text)
        .filter((bind) => !isUnnamed(bind, pinned))
        .map(bindForm),
      Mounts: list(host['Mounts']).map((request) => withoutPin(object(request), pinned)),
    },
    Mounts: mapped(Mounts, (mount, place) => mountForm(object(mount), pinned.has(place))),
    NetworkSettings: {
      ...settings,
      Networks: mapped(settings['Networks'], (endpoint) => ({
        ...object(endpoint),
        Aliases: list(object(endpoint)['Aliases']).map(text).filter(isChosen(inspect)).toSorted(),
        // From API 1.44 on, with what the engine adds.
        DNSNames: list(object(endpoint)['DNSNames']).map(text).filter(isChosen(inspect)).toSorted(),
      })),
    },
  };
}

function isUnnamed(bind: string, pinned: ReadonlySet<string>): boolean {
  return !bind.includes(':') || pinned.has(bind.split(':')[1] ?? '');
}

/** Nothing is copied into a volume that is there: only its first container may say so, or not. */
function bindForm(bind: string): string {
  const [source = '', place = '', mode = ''] = bind.split(':');
  return source.startsWith('/') ? bind : `${source}:${place}:${modeForm(mode) || 'z'}`;
}

/** A volume that is named now has a mode, which says no more than RW does. */
function mountForm(mount: JsonObject, isPinned: boolean): JsonObject {
  if (mount['Type'] !== 'volume') return mount;
  if (!isPinned) return { ...mount, Mode: modeForm(text(mount['Mode'])) };
  // Docker 28 leaves out the name of a volume that it made for a bind without a source.
  const [, name = ''] = /\/volumes\/([^/]+)\/_data$/.exec(text(mount['Source'])) ?? [];
  return { ...mount, Mode: '', Name: text(mount['Name']) || name };
}

function modeForm(mode: string): string {
  const words = mode.split(',').filter((word) => word !== 'nocopy');
  return words.join(',');
}

function withoutPin(request: JsonObject, pinned: ReadonlySet<string>): JsonObject {
  if (request['Type'] !== 'volume') return request;
  const isPinned = pinned.has(text(request['Target']).replace(/(?<=.)\/+$/, ''));
  return {
    ...(isPinned ? without(request, 'Source') : request),
    VolumeOptions: without(object(request['VolumeOptions']), 'NoCopy'),
  };
}

function without(value: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field));
}

/** The engine adds the short id, and the host name that it made of one. */
function isChosen({ Id, Config }: ContainerInspect): (alias: string) => boolean {
  return (alias) => alias !== Id.slice(0, 12) && !(alias === Config.Hostname && /^[0-9a-f]{12}$/.test(alias));
}

function withoutMarks(labels: JsonValue | undefined): JsonObject {
  return Object.fromEntries(Object.entries(object(labels)).filter(([key]) => !key.startsWith('io.enforce.')));
}

function rowsOf(value: JsonObject): readonly Row[] {
  return rows(value, '').filter(([path]) => !RENEWED_BY_A_START.test(path));
}

function rows(value: JsonValue | undefined, path: string): readonly Row[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return [[path, writeJson(value ?? null)]];
  return entries.flatMap(([key, inner]) => rows(inner as JsonValue, path === '' ? key : `${path}.${key}`));
}

function differing(before: readonly Row[], after: readonly Row[]): readonly string[] {
  const [left, right] = [before, after].map((all) => new Set(all.map(([path, value]) => `${path} = ${value}`)));
  return [
    ...[...(left ?? [])].filter((row) => !right?.has(row)).map((row) => `- ${row}`),
    ...[...(right ?? [])].filter((row) => !left?.has(row)).map((row) => `+ ${row}`),
  ];
}

function mapped(value: JsonValue | undefined, change: (item: JsonValue, key: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object(value)).map(([key, item]) => [key, change(item ?? null, key)]));
}
