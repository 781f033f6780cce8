import { isOlder } from '../model/api-version.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { LABELS } from '../model/names.ts';
import type { ContainerSpec, Edit } from '../model/plan.ts';
import type { ContainerInspect, EngineFacts, HostConfig, ImageFacts, MountPoint } from '../model/snapshot.ts';
import { endpointsOf } from './endpoints.ts';

/** What is needed, beside the container itself, to write down how to create it again. */
export interface SpecSources {
  readonly engine: EngineFacts;
  readonly image: ImageFacts;
  /** Id of the image the container's image name stands for now. */
  readonly namedImageId: string | null;
  readonly edits: readonly Edit[];
  readonly marks: CandidateMarks;
}

/** What a candidate's labels say of the change it belongs to. */
export interface CandidateMarks {
  readonly run: string;
  readonly target: string;
  readonly replaces: string;
  /** `NAME:MAXIMUM` */
  readonly restart: string;
  readonly plan: string;
  /** ISO 8601 */
  readonly keepUntil: string;
}

/**
 * The body that creates a container again with the edits made. It starts from everything the engine said and takes out
 * or rewrites only what would not come back as it was (recreate.md §3–§9); fields enforce has never heard of are carried.
 */
export function containerSpec(inspect: ContainerInspect, sources: SpecSources): ContainerSpec {
  const spec = {
    ...configOf(inspect, sources),
    HostConfig: hostConfigOf(inspect),
    ...networkingOf(inspect, sources.engine),
  } as unknown as ContainerSpec;
  return sources.edits.reduce(withEdit, spec);
}

function configOf(
  { Image, Config, HostConfig }: ContainerInspect,
  { engine, image, namedImageId, marks }: SpecSources,
): JsonObject {
  const config: Record<string, JsonValue | undefined> = { ...(Config as unknown as JsonObject) };
  // The name may stand for another image by now; the id never does (I1).
  config['Image'] = namedImageId === Image ? Config.Image : Image;
  // A cleared entrypoint is stored as null, and null at create means "the image's" (I7); an empty list means none.
  if ((Config.Entrypoint ?? null) === null && asList(image.config['Entrypoint']).length > 0)
    config['Entrypoint'] = [''];
  config['Labels'] = { ...withoutMarks(Config.Labels ?? {}), ...markLabels(marks) };
  const isJoined = HostConfig.NetworkMode?.startsWith('container:') ?? false;
  if (
    isJoined ||
    HostConfig.UTSMode === 'host' ||
    (HostConfig.NetworkMode === 'host' && Config.Hostname === engine.name)
  )
    delete config['Hostname'];
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
  if (byRequest.length > 0) host['Mounts'] = pinnedRequests(HostConfig, byRequest);
  const byBind = anonymous.filter((mount) => !byRequest.includes(mount)).map(volumeBind);
  // A bind that names no source is an anonymous volume too; its place can be taken only once.
  const named = (HostConfig.Binds ?? []).filter((bind) => bind.includes(':'));
  if (byBind.length > 0) host['Binds'] = [...named, ...byBind];
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

/** Without nocopy the engine would fill an empty volume from the image at create, while the old container uses it (V4). */
function volumeBind({ Name = '', Destination, RW }: MountPoint): string {
  return `${Name}:${Destination}:nocopy${RW === false ? ',ro' : ''}`;
}

function pinnedRequests({ Mounts }: HostConfig, volumes: readonly MountPoint[]): JsonValue {
  return (Mounts ?? []).map((request) => {
    const volume = volumes.find(({ Destination }) => samePath(request.Target ?? '', Destination));
    return (
      volume ? { ...request, Source: volume.Name, VolumeOptions: { ...request.VolumeOptions, NoCopy: true } } : request
    ) as JsonObject;
  });
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

function withoutMarks(labels: Readonly<Record<string, string>>): JsonObject {
  const marks: readonly string[] = Object.values(LABELS);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !marks.includes(key)));
}

function markLabels({ run, target, replaces, restart, plan, keepUntil }: CandidateMarks): JsonObject {
  return {
    [LABELS.run]: run,
    [LABELS.target]: target,
    [LABELS.replaces]: replaces,
    [LABELS.restart]: restart,
    [LABELS.plan]: plan,
    [LABELS.keepUntil]: keepUntil,
  };
}

function samePath(a: string, b: string): boolean {
  return a.replace(/(?<=.)\/+$/, '') === b.replace(/(?<=.)\/+$/, '');
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
