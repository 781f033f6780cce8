import { beforeAll, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { describeReal } from '../support/real-engine.ts';
import { recreating, setting } from '../support/recreating.ts';

/** Settings of the host that are not the engine's own choice, as the API takes them. */
const SETTINGS: Readonly<Record<string, JsonValue>> = {
  MaskedPaths: [],
  ReadonlyPaths: ['/proc/sys'],
  SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'],
  GroupAdd: ['33'],
  OomScoreAdj: 100,
  ShmSize: 33_554_432,
  Init: true,
  ReadonlyRootfs: true,
  Annotations: { 'com.example.note': 'kept' },
  CgroupParent: '/enforce-test-fidelity',
  DeviceCgroupRules: ['c 1:3 mr'],
  Sysctls: { 'net.core.somaxconn': '512' },
  Tmpfs: { '/scratch': 'size=1m,mode=1777' },
  IpcMode: 'shareable',
  CgroupnsMode: 'host',
  Runtime: 'runc',
  LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
  Memory: 67_108_864,
  MemoryReservation: 33_554_432,
  MemorySwappiness: 10,
  OomKillDisable: false,
  NanoCpus: 500_000_000,
  CpuShares: 512,
  CpusetCpus: '0',
  CpusetMems: '0',
  PidsLimit: 64,
  Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 2048 }],
  Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/odd', CgroupPermissions: 'rwm' }],
  BlkioWeight: 0,
  ConsoleSize: [0, 0],
  UsernsMode: '',
  UTSMode: '',
  PidMode: '',
  Isolation: '',
  VolumeDriver: '',
  StorageOpt: null,
  DeviceRequests: null,
};

const own = ({ HostConfig }: ContainerInspect, field: string): JsonValue | undefined =>
  (HostConfig as unknown as JsonObject)[field];

describeReal('settings of the host that somebody chose for a container that is recreated', () => {
  const at = recreating('host-config');
  let before: ContainerInspect;
  let after: ContainerInspect;

  beforeAll(async () => {
    before = await at.start('web', { HostConfig: SETTINGS });
    after = await at.recreate(before);
  }, 60_000);

  test.each(Object.keys(SETTINGS))('%s: is as it was, to the letter', (field) => {
    expect(own(after, field)).toEqual(own(before, field));
  });

  test('MemorySwap: what the engine worked out at creation is as it was', () => {
    expect(own(before, 'MemorySwap')).toBe(134_217_728);
    expect(own(after, 'MemorySwap')).toBe(134_217_728);
  });
});

describeReal('settings of the host of one container each', () => {
  const at = recreating('host-one');

  test.each<[string, JsonObject]>([
    ['CpuQuota', { CpuPeriod: 50_000, CpuQuota: 25_000 }],
    ['KernelMemory', { Memory: 67_108_864, KernelMemory: 0 }],
    ['MemorySwap', { Memory: 33_554_432, MemorySwap: -1 }],
    ['PidsLimit', { PidsLimit: -1 }],
    ['PidMode', { PidMode: 'host' }],
    ['IpcMode', { IpcMode: 'host' }],
    ['Init', { Init: false }],
    ['OomKillDisable', { Memory: 33_554_432, OomKillDisable: true }],
    ['UsernsMode', { UsernsMode: 'host' }],
    ['RestartPolicy', { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 5 } }],
    ['ReadonlyPaths', { MaskedPaths: [], ReadonlyPaths: [] }],
  ])('%s: is as it was: %j', async (field, HostConfig) => {
    const before = await at.start('web', { StopTimeout: 0, HostConfig });

    const after = await at.recreate(before);

    for (const each of [field, ...Object.keys(HostConfig), 'SecurityOpt', 'MaskedPaths', 'ReadonlyPaths'])
      expect([each, own(after, each)]).toEqual([each, own(before, each)]);
  });

  test('MaskedPaths: the engine’s own list is kept as the one of that time', async () => {
    const before = await at.run('web');

    const after = await at.recreate(before);

    expect(own(before, 'MaskedPaths')).toContain('/proc/kcore');
    expect(own(after, 'MaskedPaths')).toEqual(own(before, 'MaskedPaths'));
  });

  test('SecurityOpt: what the engine adds for a container that shares the host’s processes is there once', async () => {
    const before = await at.run('web', ['--pid', 'host', '--security-opt', 'no-new-privileges']);

    const after = await at.recreate(before);

    expect(own(after, 'SecurityOpt')).toEqual(own(before, 'SecurityOpt'));
  });

  test.each<[string, JsonValue, RegExp]>([
    ['Runtime', 'gone', /runtime/],
    ['LogConfig', { Type: 'gone', Config: {} }, /logging|log driver|logger/],
    ['VolumeDriver', 'gone', /gone/],
    ['CpusetCpus', '4096', /CPUs are not available/],
  ])('%s: one that the host no longer has is found out before anything is stopped', async (field, after, because) => {
    const before = await at.run('web', ['-v', '/anon']);
    const edits = [setting(`HostConfig.${field}`, after)];
    const volume = field === 'VolumeDriver' ? [setting('HostConfig.Binds', ['enforce-test-other:/other'])] : [];

    const outcome = await at.attempt(before, { edits: [...edits, ...volume] });

    expect(outcome).toMatchObject({
      result: 'rolled-back',
      because: expect.stringMatching(new RegExp(`${because.source}.*; the old container was not touched$`, 's')),
    });
    expect(await at.inspect('web')).toEqual(before);
  });
});
