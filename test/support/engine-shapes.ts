import { isOlder } from '../../src/model/api-version.ts';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';

/** A container that is recorded from engines, in one of the shapes that an API version answers in its own way. */
export interface Shape {
  readonly name: string;
  /** The create call, without the image; `PREFIX` stands for the suite's own. */
  readonly body: JsonObject;
  /** Hardware address on the network of its NetworkMode. */
  readonly macAddress?: string;
  /** Networks it joins before its start. */
  readonly connect?: Readonly<Record<string, JsonObject>>;
  readonly started?: boolean;
}

const FRONT = { Aliases: ['shop', 'store-front'], IPAMConfig: { IPv4Address: '10.73.1.9' } };
const INIT = { Init: true };
const LARGEST = 9_223_372_036_854_775_807n;

/** All of them; `lodger` lives in the network of `plain`, which therefore comes before it. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'plain',
    body: {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        ...INIT,
        PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '929' }] },
        RestartPolicy: { Name: 'unless-stopped' },
      },
    },
  },
  {
    name: 'joined',
    body: {
      Env: ['MODE=production', 'UNSET'],
      Labels: { 'com.example.team': 'shop' },
      User: '33:33',
      StopSignal: 'SIGINT',
      StopTimeout: 3,
      Healthcheck: { Test: ['CMD', '/bin/true'], Interval: 3_000_000_000 },
      HostConfig: {
        ...INIT,
        NetworkMode: 'PREFIXfront',
        Memory: 67_108_864,
        PidsLimit: 64,
        Ulimits: [{ Name: 'locks', Soft: LARGEST, Hard: LARGEST }],
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 5 },
      },
      NetworkingConfig: {
        EndpointsConfig: { PREFIXfront: FRONT },
      },
    },
    macAddress: '02:AA:BB:CC:DD:EE',
    connect: { back: { Aliases: ['billing'] } },
  },
  {
    name: 'store',
    body: {
      Volumes: { '/anonymous': {} },
      HostConfig: {
        ...INIT,
        Binds: ['PREFIXstock:/stock', '/tmp:/host:ro', '/solo'],
        Mounts: [
          { Type: 'volume', Target: '/cache' },
          { Type: 'tmpfs', Target: '/scratch', TmpfsOptions: { SizeBytes: 1_048_576 } },
        ],
      },
    },
  },
  { name: 'lodger', body: { HostConfig: { NetworkMode: 'container:PREFIXplain' } } },
  // Not every machine may start one: all capabilities are not always there to be given.
  { name: 'privileged', started: false, body: { HostConfig: { ...INIT, Privileged: true, PidMode: 'host' } } },
  { name: 'on-the-host', body: { HostConfig: { ...INIT, NetworkMode: 'host' } } },
  {
    name: 'capable',
    body: {
      Entrypoint: [''],
      Cmd: ['sleep', '9999'],
      HostConfig: {
        ...INIT,
        CapAdd: ['net_admin', 'CAP_SYS_TIME'],
        CapDrop: ['all'],
        MaskedPaths: [],
        SecurityOpt: ['no-new-privileges'],
      },
    },
  },
  {
    name: 'never-started',
    started: false,
    body: { HostConfig: { ...INIT, NetworkMode: 'PREFIXback', MemorySwappiness: -1 } },
  },
];

/** What a shape is created with at a version of the API. */
export function bodyOf({ body, macAddress }: Shape, api: string, prefix: string): JsonObject {
  const ours = withPrefix(body, prefix) as JsonObject;
  if (macAddress === undefined) return ours;
  if (isOlder(api, '1.44')) return { ...ours, MacAddress: macAddress };
  const endpoint = withPrefix({ PREFIXfront: { ...FRONT, MacAddress: macAddress } }, prefix);
  return { ...ours, NetworkingConfig: { EndpointsConfig: endpoint } };
}

function withPrefix(value: JsonValue, prefix: string): JsonValue {
  if (typeof value === 'string') return value.replace('PREFIX', prefix);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => withPrefix(item, prefix));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace('PREFIX', prefix),
      inner === undefined ? undefined : withPrefix(inner, prefix),
    ]),
  );
}
