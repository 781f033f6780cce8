import { describe, expect, test } from '@jest/globals';
import type { CapabilityUse } from '../../src/model/observation.ts';
import type { MountedFolder } from '../../src/model/runtime.ts';
import type { HostConfig } from '../../src/model/snapshot.ts';
import { aPlainProcess, aRuntime } from '../support/a-runtime.ts';
import { aWatch, anUnknown, aUse, chosen, decisionOn, keptIn } from '../support/watched.ts';

const PORT_START = 'net.ipv4.ip_unprivileged_port_start';
const PING = 'net.ipv4.ping_group_range';
const BIND = aUse('NET_BIND_SERVICE', { program: 'nginx', call: 'bind' });
const ALL = { instead: ['sysctl', 'ulimit', 'user'] } as const;

describe('a setting takes the place of a capability', () => {
  test.each<[string, CapabilityUse, HostConfig, string, string, unknown]>([
    [
      'a sysctl, where low ports were closed',
      BIND,
      { Sysctls: { [PORT_START]: '1024' } },
      `--sysctl ${PORT_START}="0"`,
      'HostConfig.Sysctls',
      { [PORT_START]: '0' },
    ],
    [
      'a sysctl, where ping was closed',
      aUse('NET_RAW', { program: 'ping', call: 'socket' }),
      { Sysctls: { [PING]: '1 0', 'net.core.somaxconn': '512' } },
      `--sysctl ${PING}="0 2147483647"`,
      'HostConfig.Sysctls',
      { [PING]: '0 2147483647', 'net.core.somaxconn': '512' },
    ],
    [
      'a limit, where memory is locked',
      aUse('IPC_LOCK', { program: 'java', call: 'mlockall' }),
      { CapAdd: ['IPC_LOCK'], Ulimits: [{ Name: 'nofile', Soft: 512, Hard: 512 }] },
      '--ulimit memlock=-1:-1',
      'HostConfig.Ulimits',
      [
        { Name: 'nofile', Soft: 512, Hard: 512 },
        { Name: 'memlock', Soft: -1, Hard: -1 },
      ],
    ],
    [
      'a limit, where more files are to be opened',
      aUse('SYS_RESOURCE', { program: 'haproxy', call: 'prlimit64' }),
      { CapAdd: ['SYS_RESOURCE'], Ulimits: [{ Name: 'nofile', Soft: 512, Hard: 512 }] },
      '--ulimit nofile=1048576:1048576',
      'HostConfig.Ulimits',
      [{ Name: 'nofile', Soft: 1_048_576, Hard: 1_048_576 }],
    ],
  ])('%s: advised, and made where the playbook says so', (_what, use, hostConfig, setting, path, after) => {
    const given = anUnknown({ HostConfig: hostConfig });
    const learned = { observations: [aWatch({ uses: [use] })] };

    const advised = chosen(given, learned);
    const made = chosen(given, learned, ALL);

    expect(keptIn(advised)).toEqual([use.capability]);
    expect(advised.basis.advice).toMatchObject([{ setting, insteadOf: [use.capability], isApplied: false }]);
    expect(keptIn(made)).toEqual([]);
    expect(decisionOn(use.capability, made)?.because).toContain(`${setting} takes its place`);
    expect(made.basis.advice).toMatchObject([{ isApplied: true }]);
    expect(made.edits.find((edit) => edit.path === path)?.after).toEqual(after);
  });

  test('two limits are one edit, and each brings only its own', () => {
    const old = [
      { Name: 'memlock', Soft: 64, Hard: 64 },
      { Name: 'nofile', Soft: 512, Hard: 512 },
    ];
    const given = anUnknown({ HostConfig: { CapAdd: ['IPC_LOCK', 'SYS_RESOURCE'], Ulimits: old } });
    const uses = [aUse('IPC_LOCK', { call: 'mlock' }), aUse('SYS_RESOURCE', { call: 'prlimit64' })];

    const { edits } = chosen(given, { observations: [aWatch({ uses })] }, ALL);

    expect(edits.filter(({ path }) => path === 'HostConfig.Ulimits').map(({ after }) => after)).toEqual([
      [
        { Name: 'memlock', Soft: -1, Hard: -1 },
        { Name: 'nofile', Soft: 1_048_576, Hard: 1_048_576 },
      ],
    ]);
  });

  test.each<[string, CapabilityUse, HostConfig]>([
    ['in the network of the host', BIND, { NetworkMode: 'host', Sysctls: { [PORT_START]: '1024' } }],
    ['in the network of another container', BIND, { NetworkMode: 'container:3f1c', Sysctls: { [PORT_START]: '1024' } }],
    ['where low ports are open already', BIND, {}],
    [
      'where something else than ping opens raw sockets',
      aUse('NET_RAW', { program: 'tcpdump' }),
      { Sysctls: { [PING]: '1 0' } },
    ],
    [
      'where the limit is gone already',
      aUse('IPC_LOCK', { call: 'mlock' }),
      { CapAdd: ['IPC_LOCK'], Ulimits: [{ Name: 'memlock', Soft: -1, Hard: -1 }] },
    ],
    [
      'where SYS_RESOURCE does something else',
      aUse('SYS_RESOURCE', { call: 'quotactl' }),
      { CapAdd: ['SYS_RESOURCE'] },
    ],
  ])('but not %s', (_why, use, hostConfig) => {
    const learned = { observations: [aWatch({ uses: [use] })] };

    const choice = chosen(anUnknown({ HostConfig: hostConfig }), learned, ALL);

    expect(choice.basis.advice).toEqual([]);
    expect(keptIn(choice)).toEqual([use.capability]);
  });

  test('nor where a program insists on the capability itself', () => {
    const given = anUnknown({ HostConfig: { Sysctls: { [PORT_START]: '1024' } } });
    const declared = [{ capability: 'NET_BIND_SERVICE', program: 'chronyd' }];

    const choice = chosen(given, { observations: [aWatch({ uses: [BIND], declared })] }, ALL);

    expect(keptIn(choice)).toEqual(['NET_BIND_SERVICE']);
  });
});

describe('a container begins as the user that it becomes', () => {
  const startTexts = [
    { path: '/entrypoint.sh', text: 'if [ "$(id -u)" = "0" ]; then exec gosu redis "$0" "$@"; fi\n' },
  ];
  const processes = [aPlainProcess('redis-server', 999, { pid: 20 })];
  const own = folder(999);
  const learned = { observations: [aWatch({ uses: [aUse('SETGID'), aUse('SETUID')] })] };

  test('where its start asks who it is, all of it is one user, and its volumes are theirs', () => {
    const given = anUnknown({}, aRuntime({ startTexts, processes, mountedFolders: [own] }));

    const choice = chosen(given, learned, ALL);

    expect(keptIn(choice)).toEqual([]);
    expect(choice.edits).toContainEqual({ path: 'Config.User', before: '', after: '999:999' });
    expect(chosen(given, learned).basis.advice).toMatchObject([{ kind: 'user', setting: '--user 999:999' }]);
  });

  test.each([
    ['its start does not ask', { startTexts: [], processes, mountedFolders: [own] }],
    ['a volume is somebody else’s', { startTexts, processes, mountedFolders: [own, folder(0)] }],
    [
      'one of its processes is another user',
      { startTexts, processes: [...processes, aPlainProcess('cron', 0)], mountedFolders: [own] },
    ],
  ])('but not where %s', (_why, facts) => {
    const choice = chosen(anUnknown({}, aRuntime(facts)), learned, ALL);

    expect(choice.edits.map(({ path }) => path)).not.toContain('Config.User');
  });
});

function folder(ownerId: number): MountedFolder {
  return { path: '/data', kind: 'volume', ownerId, groupId: ownerId, mode: 0o755, isEmpty: false };
}
