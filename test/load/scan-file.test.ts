import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/model/json.ts';
import type { Listener } from '../../src/model/machine.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { parseSavedScan } from '../../src/load/scan-file.ts';
import type { UnreadHost } from '../../src/report/host-document.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { aProcessOf, aRuntime, unknownRuntime } from '../support/a-runtime.ts';
import { container, inspectOf, snapshot } from '../support/containers.ts';
import { savedScan } from '../support/scan-reports.ts';

const NOW = '2026-11-22T21:09:11.000Z';
const EDGE: UnreadHost = {
  host: 'edge-1',
  address: 'tcp://10.0.0.9:2376',
  reachable: false,
  because: 'connection refused',
  hint: 'is sshd running?',
};

describe('a saved scan', () => {
  test('comes back as it was, with everything that was read', () => {
    const shop = container('shop', {
      details: {
        image: { id: 'sha256:1a', tags: ['nginx:1.25'], config: { User: '', Env: null } },
        namedImageId: null,
        changes: [{ path: '/var/spool/mail', kind: 'added' }],
        missingVolumes: ['old'],
        networks: [{ name: 'front', id: null, driver: 'overlay', scope: 'swarm' }],
        hostPaths: [
          { path: '/srv/www', exists: { known: true, value: false } },
          { path: '/dev/fuse', exists: { known: false, because: 'no shell' } },
        ],
        runtime: aRuntime({
          processes: [
            aProcessOf('nginx', { executable: '/usr/sbin/nginx', groups: [0, 33], hasNoNewPrivileges: true }),
          ],
          listeners: [{ protocol: 'udp', ip: '::', port: 53 }],
          firstFreePort: 65536,
          poweredFiles: [
            { path: '/bin/su', isUsed: false, isSetuidRoot: true, capabilities: null },
            {
              path: '/bin/ping',
              isUsed: true,
              isSetuidRoot: false,
              capabilities: { permitted: ['NET_RAW'], inheritable: ['KILL'], isEffective: true },
            },
          ],
          searchedFolders: ['/bin'],
          startTexts: [
            { path: '/start.sh', text: '#!/bin/sh\nexec nginx' },
            { path: '/bin/sh', text: null },
          ],
          mountedFolders: [{ path: '/data', kind: 'volume', ownerId: 999, groupId: 9, mode: 0o1700, isEmpty: true }],
        }),
      },
    });
    const because = 'no shell over tls';
    const details = {
      image: null,
      namedImageId: null,
      changes: [],
      missingVolumes: [],
      networks: [],
      hostPaths: [],
    };
    const unread = container('db', { details: { ...details, runtime: unknownRuntime(because) } });
    const snapshots = [
      snapshot([shop, container('api'), unread]),
      snapshot([], {
        host: 'web-2',
        machine: {
          listeners: { known: false, because: 'no shell over tls' },
          ephemeralPorts: { known: false, because: 'no shell over tls' },
          shell: { known: true, value: { login: null, whereabouts: { containerIds: ['ab'] } } },
          network: { known: false, because: 'no shell over tls' },
          units: {
            known: true,
            value: [{ name: 'a.service', file: '/etc/a.service', verb: 'start', container: 'a' }],
          },
        },
      }),
    ];

    const read = parseSavedScan(savedScan(snapshots, [], NOW), 'scan.json').snapshots;

    expect(read).toEqual(snapshots);
  });

  test('names the hosts that were not read', () => {
    const text = savedScan([snapshot([])], [EDGE], NOW);

    const saved = parseSavedScan(text, 'scan.json');

    expect(saved.notRead).toEqual([EDGE]);
    expect(JSON.parse(text)).toMatchObject({ errored: true, complete: false });
  });

  test('keeps what enforce does not know, to the last digit, whatever its name', () => {
    const hostConfig = JSON.parse('{"__proto__":{"a":1},"BlkioWeight":7}') as JsonObject;
    const inspect = {
      ...inspectOf('shop'),
      HostConfig: { ...hostConfig, Memory: 9223372036854775807n },
      GraphDriver: [null],
    };
    const snapshots = [snapshot([{ ...container('shop'), inspect: inspect as unknown as ContainerInspect }])];

    const [read] = parseSavedScan(savedScan(snapshots, [], NOW), 'scan.json').snapshots;

    expect(read?.containers[0]?.inspect).toEqual(inspect);
    expect(Object.keys(read?.containers[0]?.inspect.HostConfig ?? {})).toEqual(['__proto__', 'BlkioWeight', 'Memory']);
  });

  test('of an earlier time says what it does not tell', () => {
    const { snapshots } = JSON.parse(savedScan([snapshot([])], [], NOW)) as {
      snapshots: { machine: Record<string, unknown> }[];
    };
    for (const fact of ['shell', 'network', 'units']) Reflect.deleteProperty(snapshots[0]?.machine ?? {}, fact);

    const [read] = parseSavedScan(
      jsonText({
        ...(JSON.parse(savedScan([], [], NOW)) as JsonObject),
        snapshots: snapshots as unknown as JsonObject[],
      }),
      'scan.json',
    ).snapshots;

    const unknown = { known: false, because: 'the saved scan does not tell' };
    expect(read?.machine).toMatchObject({ shell: unknown, network: unknown, units: unknown });
  });

  test('keeps all there is to a listener', () => {
    const listener: Required<Listener> = {
      protocol: 'tcp',
      ip: '0.0.0.0',
      port: 25,
      process: 'exim',
      containerId: 'ab12',
      unattributed: 'its process is hidden',
    };
    const snapshots = [snapshot([], { machine: { listeners: { known: true, value: [listener] } } })];

    const read = parseSavedScan(savedScan(snapshots, [], NOW), 'scan.json').snapshots;

    expect(read).toEqual(snapshots);
  });
});

describe('a bad scan file', () => {
  test.each<[string, unknown, string]>([
    [
      'capabilities that are no list',
      { HostConfig: { CapDrop: 'ALL' } },
      'HostConfig.CapDrop: is "ALL"; expected array',
    ],
    ['a label that is no text', { Config: { Image: 'a', Labels: { a: 1 } } }, 'Config.Labels.a: is 1; expected string'],
    ['no state', { State: null }, 'State: is empty; expected object'],
    [
      'a binding that is none',
      { HostConfig: { PortBindings: { '80/tcp': 80 } } },
      'HostConfig.PortBindings.80/tcp: is 80',
    ],
  ])('with %s is one clear error', (_name, different, message) => {
    const inspect = { ...inspectOf('shop'), ...(different as Partial<ContainerInspect>) };
    const text = savedScan([snapshot([{ ...container('shop'), inspect }])], [], NOW);

    const parse = () => parseSavedScan(text, 'scan.json');

    expect(parse).toThrow(expect.objectContaining({ code: 'bad-scan' }));
    expect(parse).toThrow(`scan.json: snapshots[0].containers[0].inspect.${message}`);
  });

  test('that names a host twice is refused', () => {
    const text = savedScan([snapshot([]), snapshot([])], [], NOW);

    expect(() => parseSavedScan(text, 'scan.json')).toThrow('scan.json: snapshots: is a list; expected each host once');
  });
});
