import fc from 'fast-check';
import { some } from './any-value.ts';
import type { Part } from './container-case.ts';

/** What a container may do, and what it shares with its host. */
export function anySecurity(): fc.Arbitrary<Part> {
  return some({
    CapAdd: rarely<readonly string[] | null>(
      [['ALL'], ['all']],
      [null, [], ['NET_ADMIN'], ['cap_net_raw', 'CAP_SYS_TIME']],
    ),
    CapDrop: fc.constantFrom(null, [], ['ALL'], ['NET_RAW', 'mknod'], ['CAP_KILL']),
    Privileged: rarely([true], [false]),
    SecurityOpt: fc.subarray(['seccomp=unconfined', 'no-new-privileges', 'apparmor=unconfined', 'label=disable']),
    MaskedPaths: fc.constantFrom(null, [], ['/proc/kcore'], ['/proc/acpi', '/sys/firmware']),
    ReadonlyPaths: fc.constantFrom(null, [], ['/proc/bus'], ['/proc/sys', '/proc/irq']),
    Sysctls: fc.constantFrom<Readonly<Record<string, string>>[]>(
      {},
      { 'net.core.somaxconn': '512' },
      { 'kernel.msgmax': '16384' },
      { 'net.ipv4.ip_unprivileged_port_start': '1024', 'kernel.shm_rmid_forced': '1' },
    ),
    Devices: fc.constantFrom(
      [],
      [{ PathOnHost: '/dev/null', PathInContainer: '/dev/nothing', CgroupPermissions: 'rwm' }],
      [{ PathOnHost: '/dev/zero', PathInContainer: '/dev/zeroes', CgroupPermissions: 'r' }],
    ),
    DeviceCgroupRules: fc.constantFrom(null, [], ['c 1:3 rwm', 'c 10:* r']),
    GroupAdd: fc.constantFrom(null, [], ['www'], ['33', '1234']),
    UsernsMode: fc.constantFrom('', 'host'),
    IpcMode: fc.constantFrom('', 'private', 'shareable', 'host', 'none', 'container:@ANCHOR@'),
    PidMode: fc.constantFrom('', '', 'host', 'container:@ANCHOR@'),
    UTSMode: fc.constantFrom('', 'host'),
    CgroupnsMode: fc.constantFrom('', 'host', 'private'),
    ReadonlyRootfs: fc.boolean(),
    Init: fc.constantFrom(null, false, true),
  }).map((host) => ({ host }));
}

/** An engine that is itself confined cannot give every capability away. */
function rarely<Value>(rare: Value[], often: Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 29, arbitrary: fc.constantFrom(...often) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );
}
