import { isOlder } from '../model/api-version.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { ContainerSpec, Edit } from '../model/plan.ts';
import type {
  ContainerInspect,
  EngineFacts,
  HostConfig,
  ImageFacts,
  MountPoint,
  MountRequest,
} from '../model/snapshot.ts';
import { endpointsOf } from './endpoints.ts';
import type { CandidateMarks } from './marks.ts';
import { isMark, markLabels } from './marks.ts';
import { repointed } from './repointed.ts';
import type { Successor } from './successors.ts';
import { keptHostname } from './kept-hostname.ts';
import { liveBindings } from './live-bindings.ts';

/** What is needed, beside the container itself, to write down how to create it again. */
export interface SpecSources {
  readonly engine: EngineFacts;
  readonly image: ImageFacts;
  /** Id of the image the container's image name stands for now. */
  readonly namedImageId: string | null;
  /** Name of an image that was made of the container itself, where that is to be the new one's. */
  readonly ownImage?: string;
  readonly edits: readonly Edit[];
  readonly marks: CandidateMarks;
  /** Those of the same change that are made already, which the container may refer to. */
  readonly successors: readonly Successor[];
}

/**
 * The body that creates a container again with the edits made. It starts from everything the engine said and takes out
 * or rewrites only what would not come back as it was (recreate.md §3–§9); fields enforce has never heard of are carried.
 */
export function containerSpec(inspect: ContainerInspect, sources: SpecSources): ContainerSpec {
  const spec = {
    ...configOf(inspect, sources),
    HostConfig: repointed(hostConfigOf(inspect), sources.successors),
    ...networkingOf(inspect, sources.engine),
  } as unknown as ContainerSpec;
  return withLiveBindings(sources.edits.reduce(withEdit, spec), inspect, sources.engine);
}

function configOf(
  inspect: ContainerInspect,
  { engine, image, namedImageId, ownImage, marks }: SpecSources,
): JsonObject {
  const { Image, Config, HostConfig } = inspect;
  const config: Record<string, JsonValue | undefined> = { ...(Config as unknown as JsonObject) };
  // The name may stand for another image by now; the id never does (I1).
  config['Image'] = ownImage ?? (namedImageId === Image ? Config.Image : Image);
  // A cleared entrypoint is stored as null, and null at create means "the image's" (I7); an empty list means none.
  if ((Config.Entrypoint ?? null) === null && asList(image.config['Entrypoint']).length > 0)
    config['Entrypoint'] = [''];
  config['Labels'] = { ...withoutMarks(Config.Labels ?? {}), ...markLabels(marks) };
  const isJoined = HostConfig.NetworkMode?.startsWith('container:') ?? false;
  if (keptHostname(inspect, engine) === undefined) delete config['Hostname'];
  // From API 1.44 on, the address belongs to the endpoint, and both at once must agree to the letter (N7).
  if (!isOlder(engine.apiVersion, '1.44')) delete config['MacAddress'];
  return isJoined ? without(config, ['Domainname', 'ExposedPorts', 'MacAddress']) : config;
}

function hostConfigOf({ HostConfig, Mounts }: ContainerInspect): JsonObject {
  const host: Record<string, JsonValue | undefined> = { ...(HostConfig as unknown as JsonObject) };
  delete host['Capabilities'];
  if (HostConfig.RestartPolicy && HostConfig.RestartPolicy.Name !== 'on-failure')
    host['RestartPolicy'] = { ...HostConfig.RestartPolicy, MaximumRetryCount: 0 };
  const anonymous = (Mounts ?? []).filter((mount) => isAnonymous(mount, HostConfig));
  const byRequest = anonymous.filter(({ Destination }) => requestedAt(HostConfig, Destination));
  if (HostConfig.Mounts) host['Mounts'] = HostConfig.Mounts.map((request) => keptRequest(request, byRequest));
  const byBind = anonymous.filter((mount) => !byRequest.includes(mount)).map(volumeBind);
  // A bind that names no source is an anonymous volume too; its place can be taken only once.
  const named = (HostConfig.Binds ?? [])
    .filter((bind) => bind.includes(':'))
    .map((bind) => keptBind(bind, Mounts ?? []));
  if (HostConfig.Binds || byBind.length > 0) host['Binds'] = [...named, ...byBind];
  return HostConfig.NetworkMode?.startsWith('container:') ? without(host, OWN_NETWORK_FIELDS) : host;
}

/** What a container that lives in another's network must not ask for (H2, P10, N21). */
const OWN_NETWORK_FIELDS = ['PortBindings', 'PublishAllPorts', 'Dns', 'DnsSearch', 'DnsOptions', 'ExtraHosts', 'Links'];

function without(value: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)));
}

/** A volume that the container's own settings do not name: it would be left behind, and an empty one take its place (V2). */
function isAnonymous({ Type, Name, Destination }: MountPoint, { Binds, Mounts }: HostConfig): boolean {
  if (Type !== 'volume' || Name === undefined || Name === '') return false;
  const bound = (Binds ?? []).some((bind) => samePath(bind.split(':')[1] ?? '', Destination));
  return (
    !bound &&
    !(Mounts ?? []).some(
      ({ Target, Source }) => samePath(Target ?? '', Destination) && Source !== undefined && Source !== '',
    )
  );
}

function requestedAt({ Mounts }: HostConfig, destination: string): boolean {
  return (Mounts ?? []).some(({ Target }) => samePath(Target ?? '', destination));
}

/**
 * Without nocopy the engine fills an empty volume from the image when it creates the new container, while the old one
 * still uses it: what was deleted there would be back (V4). So each volume gets it, whoever named it.
 */
function volumeBind({ Name = '', Destination, RW }: MountPoint): string {
  return `${Name}:${Destination}:nocopy${RW === false ? ',ro' : ''}`;
}

/** Where no mode is asked for, the engine has one of its own (`z`, a label that all containers share); it stays. */
function keptBind(bind: string, mounts: readonly MountPoint[]): string {
  const [source = '', place = '', asked = ''] = bind.split(':');
  const mode = asked === '' ? (mounts.find(({ Destination }) => samePath(Destination, place))?.Mode ?? '') : asked;
  const modes = mode === '' ? [] : mode.split(',');
  if (source.startsWith('/') || modes.includes('nocopy')) return bind;
  return `${source}:${place}:${[...modes, 'nocopy'].join(',')}`;
}

function keptRequest(request: MountRequest, anonymous: readonly MountPoint[]): JsonObject {
  if (request.Type !== 'volume') return request as JsonObject;
  const volume = anonymous.find(({ Destination }) => samePath(request.Target ?? '', Destination));
  return {
    ...request,
    ...(volume ? { Source: volume.Name } : {}),
    VolumeOptions: { ...request.VolumeOptions, NoCopy: true },
  };
}

function networkingOf(inspect: ContainerInspect, engine: EngineFacts): JsonObject {
  const endpoints = endpointsOf(inspect, engine);
  const first = endpoints.find(({ isPrimary }) => isPrimary) ?? endpoints[0];
  if (!first) return {};
  const atCreate = !isOlder(engine.apiVersion, '1.44') ? endpoints : [first];
  return {
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(atCreate.map(({ network, endpoint }) => [network, endpoint])),
    },
  };
}

function withEdit(spec: ContainerSpec, { path, after }: Edit): ContainerSpec {
  const [part = '', field = ''] = path.split('.');
  if (part === 'Config') return { ...spec, [field]: after };
  return { ...spec, HostConfig: { ...spec.HostConfig, [field]: after } };
}

function withLiveBindings(spec: ContainerSpec, inspect: ContainerInspect, engine: EngineFacts): ContainerSpec {
  const { PortBindings } = spec.HostConfig;
  if (!isJsonObject(PortBindings)) return spec;
  return { ...spec, HostConfig: { ...spec.HostConfig, PortBindings: liveBindings(PortBindings, inspect, engine) } };
}

function withoutMarks(labels: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isMark(key)));
}

function samePath(a: string, b: string): boolean {
  return a.replace(/(?<=.)\/+$/, '') === b.replace(/(?<=.)\/+$/, '');
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
