import type { JsonObject } from '../../../src/model/json.ts';
import { unknownCapability } from './capabilities.ts';
import { given, list, number, object, text, texts } from './fields.ts';
import { Refusal } from './refusal.ts';

/** The host configuration as the engine stores it: what was asked for, checked, with the engine's own defaults. */
export function storedHostConfig(asked: JsonObject, apiVersion: number): JsonObject {
  refuseNonsense(asked);
  const memory = number(asked['Memory']);
  const swap = number(asked['MemorySwap']);
  const wish = given(asked);
  return {
    ...DEFAULTS,
    ...wish,
    NetworkMode: networkMode(text(asked['NetworkMode']), apiVersion),
    RestartPolicy: { Name: '', MaximumRetryCount: 0, ...object(asked['RestartPolicy']) },
    LogConfig: { Type: text(object(asked['LogConfig'])['Type']) || 'json-file', Config: logOptions(asked) },
    PortBindings: storedBindings(asked),
    IpcMode: text(asked['IpcMode']) || 'private',
    CgroupnsMode: text(asked['CgroupnsMode']) || 'host',
    Runtime: text(asked['Runtime']) || 'runc',
    ShmSize: number(asked['ShmSize']) || DEFAULTS.ShmSize,
    MemorySwap: memory > 0 && swap === 0 ? memory * 2 : (wish['MemorySwap'] ?? 0),
    MaskedPaths: asked['Privileged'] === true ? null : (wish['MaskedPaths'] ?? DEFAULTS.MaskedPaths),
    ReadonlyPaths: asked['Privileged'] === true ? null : (wish['ReadonlyPaths'] ?? DEFAULTS.ReadonlyPaths),
  };
}

/** Engines from 26 on write the network they mean; older ones keep the word `default`. */
function networkMode(asked: string, apiVersion: number): string {
  return asked === '' || asked === 'default' ? (apiVersion >= 1.45 ? 'bridge' : 'default') : asked;
}

function logOptions(asked: JsonObject): JsonObject {
  return object(object(asked['LogConfig'])['Config']);
}

function storedBindings(asked: JsonObject): JsonObject | null {
  if (asked['PortBindings'] === null || asked['PortBindings'] === undefined) return null;
  const rows = Object.entries(object(asked['PortBindings'])).map(([port, bindings]) => [
    port,
    bindings === null || bindings === undefined
      ? null
      : list(bindings).map((row) => ({
          HostIp: text(object(row)['HostIp']),
          HostPort: text(object(row)['HostPort']),
        })),
  ]);
  return Object.fromEntries(rows) as JsonObject;
}

function refuseNonsense(asked: JsonObject): void {
  for (const field of ['CapAdd', 'CapDrop']) {
    const unknown = unknownCapability(texts(asked[field]));
    if (unknown) throw new Refusal(400, `invalid ${field}: unknown capability: "${unknown}"`);
  }
  for (const [port, bindings] of Object.entries(object(asked['PortBindings']))) {
    const [number = ''] = port.split('/');
    if (!/^\d+$/.test(number)) throw new Refusal(400, `invalid port specification: "${number}"`);
    for (const row of list(bindings ?? null)) {
      const hostPort = text(object(row)['HostPort']);
      if (!/^(\d+(-\d+)?)?$/.test(hostPort)) throw new Refusal(400, `invalid port specification: "${hostPort}"`);
    }
  }
  checkedRestartPolicy(object(asked['RestartPolicy']));
  const policy = text(object(asked['RestartPolicy'])['Name']);
  if (asked['AutoRemove'] === true && policy !== '' && policy !== 'no')
    throw new Refusal(400, "can't create 'AutoRemove' container with restart policy");
}

/** A restart policy the engine takes, as it came. */
export function checkedRestartPolicy(policy: JsonObject): JsonObject {
  const name = text(policy['Name']);
  if (!['', 'no', 'always', 'unless-stopped', 'on-failure'].includes(name))
    throw new Refusal(400, `invalid restart policy '${name}'`);
  if (name !== 'on-failure' && number(policy['MaximumRetryCount']) !== 0)
    throw new Refusal(400, `maximum retry count cannot be used with restart policy '${name}'`);
  return { Name: name, MaximumRetryCount: number(policy['MaximumRetryCount']) };
}

/** What engine 20.10.24 answers for a container that asked for nothing. */
const DEFAULTS = {
  Binds: null,
  ContainerIDFile: '',
  NetworkMode: 'default',
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  CapAdd: null,
  CapDrop: null,
  Dns: null,
  DnsOptions: null,
  DnsSearch: null,
  ExtraHosts: null,
  GroupAdd: null,
  Cgroup: '',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: '',
  UsernsMode: '',
  ShmSize: 67108864,
  ConsoleSize: [0, 0],
  Isolation: '',
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: '',
  BlkioWeight: 0,
  BlkioWeightDevice: null,
  BlkioDeviceReadBps: null,
  BlkioDeviceWriteBps: null,
  BlkioDeviceReadIOps: null,
  BlkioDeviceWriteIOps: null,
  CpuPeriod: 0,
  CpuQuota: 0,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Devices: null,
  DeviceCgroupRules: null,
  DeviceRequests: null,
  KernelMemory: 0,
  KernelMemoryTCP: 0,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: false,
  PidsLimit: null,
  Ulimits: null,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
  MaskedPaths: [
    '/proc/asound',
    '/proc/acpi',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/proc/sched_debug',
    '/proc/scsi',
    '/sys/firmware',
  ],
  ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};
