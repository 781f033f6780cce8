import fc from 'fast-check';
import { some } from './any-value.ts';
import type { Part } from './container-case.ts';

const MIB = 1024 * 1024;
const LARGEST = 9_223_372_036_854_775_807n;

/** What a container may use of its host, and what becomes of it and of its log. */
export function anyLimits(): fc.Arbitrary<Part> {
  return fc
    .tuple(memory, processors, others())
    .map(([ofMemory, ofProcessors, rest]) => ({ host: { ...ofMemory, ...ofProcessors, ...rest } }));
}

const memory = fc.oneof(
  fc.constant({}),
  fc.constantFrom(
    { Memory: 64 * MIB },
    { Memory: 64 * MIB, MemorySwap: 64 * MIB },
    { Memory: 64 * MIB, MemorySwap: -1 },
    { Memory: 96 * MIB, MemorySwap: 256 * MIB, MemoryReservation: 48 * MIB },
    { MemoryReservation: 32 * MIB },
    { Memory: 64 * MIB, MemorySwappiness: 0, OomKillDisable: true },
    { MemorySwappiness: 60, OomKillDisable: false },
  ),
);

const processors = fc.oneof(
  fc.constant({}),
  fc.constantFrom(
    { NanoCpus: 500_000_000 },
    { CpuQuota: 50_000, CpuPeriod: 100_000 },
    { CpuQuota: 25_000 },
    { CpuShares: 512, CpusetCpus: '0', CpusetMems: '0' },
    { CpuShares: 2 },
  ),
);

function others() {
  return some({
    PidsLimit: fc.constantFrom(null, 0, -1, 64, 32_768),
    Ulimits: fc.uniqueArray(ulimit, { selector: ({ Name }) => Name, maxLength: 3 }),
    BlkioWeight: fc.constantFrom(0, 10, 1000),
    BlkioDeviceReadBps: fc.constantFrom(null, []),
    ShmSize: fc.constantFrom(MIB, 32 * MIB, 64 * MIB),
    OomScoreAdj: fc.constantFrom(0, 500, 1000),
    RestartPolicy: fc.constantFrom(
      { Name: '' },
      { Name: 'no' },
      { Name: 'always' },
      { Name: 'unless-stopped', MaximumRetryCount: 0 },
      { Name: 'on-failure' },
      { Name: 'on-failure', MaximumRetryCount: 5 },
    ),
    LogConfig: fc.constantFrom(
      { Type: '', Config: null },
      { Type: 'json-file', Config: {} },
      {
        Type: 'json-file',
        Config: { 'max-size': '1m', 'max-file': '2', labels: 'com.example.team', tag: '{{.Name}}' },
      },
      { Type: 'local', Config: { compress: 'false' } },
      { Type: 'none', Config: {} },
    ),
    Runtime: fc.constantFrom('', 'runc'),
    ContainerIDFile: fc.constantFrom('', '/run/shop.cid'),
    ConsoleSize: fc.constantFrom([0, 0], [24, 80]),
    Isolation: fc.constantFrom('', 'default'),
  });
}

/** Limits that no kernel has a lower ceiling for, with numbers that a double does not hold; and one that has. */
const ulimit = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('core', 'locks', 'fsize'),
      fc.constantFrom(65_536n, 2n ** 53n + 1n, LARGEST - 1n, LARGEST),
      fc.constantFrom(2n ** 53n + 3n, LARGEST, -1n),
    )
    .map(([Name, Soft, Hard]) => ({ Name, Soft: Hard < 0n || Soft < Hard ? Soft : Hard, Hard })),
  fc.constantFrom(512n, 1024n).map((Soft) => ({ Name: 'nofile', Soft, Hard: 1024n })),
);
