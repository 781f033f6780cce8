import { describe, expect, test } from '@jest/globals';
import { parseRuntime } from '../../src/scan/parse-runtime.ts';
import { MOST_ROWS } from '../../src/scan/runtime-script.ts';
import { sameIds } from '../support/a-runtime.ts';
import { idOf } from '../support/containers.ts';

const WEB = idOf('web');
const SHOP = idOf('shop');
const ROW = '00000000:00000000 00:00000000 00000000     0        0 217 1 0000000000000000 100 0 0 10 0';

describe('processes', () => {
  test('have what their status says', () => {
    const [process] = processesIn(`member 12 ${WEB}\n${status(12)}exe 12 /usr/sbin/nginx\n`);

    expect(process).toEqual({
      pid: 12,
      parent: 1,
      name: 'nginx',
      executable: '/usr/sbin/nginx',
      userIds: { real: 0, effective: 33, saved: 0, filesystem: 33 },
      groupIds: sameIds(33),
      groups: [4, 33],
      permitted: ['CHOWN', 'SETUID'],
      effective: ['CHOWN'],
      bounding: ['CHOWN', 'SETUID', 'CHECKPOINT_RESTORE'],
      ambient: [],
      hasNoNewPrivileges: true,
    });
  });

  test('hold what a newer kernel knows under its number', () => {
    const [process] = processesIn(`member 12 ${WEB}\n${status(12, { CapBnd: '0000020000000001' })}`);

    expect(process?.bounding).toEqual(['CHOWN', '41']);
  });

  test('hold nothing by a user namespace of their own making', () => {
    const spaces = 'userns 12 4026531837\nuserns 13 4026531837\nuserns 14 4026532999\n';
    const text = `member 12 ${WEB}\nmember 13 ${WEB}\nmember 14 ${WEB}\n${status(12)}${status(13)}${status(14)}${spaces}`;

    expect(processesIn(text).map(({ permitted, bounding }) => [permitted.length, bounding.length])).toEqual([
      [2, 3],
      [2, 3],
      [0, 0],
    ]);
  });

  test('have no program where it may not be seen, and the one that was there where it is gone', () => {
    const text = `member 12 ${WEB}\nmember 13 ${WEB}\n${status(12)}${status(13)}exe 13 /app/run (deleted)\n`;

    expect(processesIn(text).map(({ executable }) => executable)).toEqual([null, '/app/run']);
  });

  test('are numbered as their container has them, and are nobody where it has no number', () => {
    const maps = '12/uid_map:         0     100000      65536\n12/gid_map:         0     200000      65536\n';
    const ids = { Uid: '100000\t100033\t100000\t100033', Gid: '200005\t200005\t200005\t200005', Groups: '200004 7' };
    const text = `member 12 ${WEB}\n${status(12, ids)}${maps}`;

    expect(processesIn(text)).toMatchObject([
      {
        userIds: { real: 0, effective: 33, saved: 0, filesystem: 33 },
        groupIds: sameIds(5),
        groups: [4, 65534],
      },
    ]);
  });

  test.each<[string, string]>([
    ['that waits to be buried', status(13, { State: 'Z (zombie)' })],
    ['that ended while it was read', '13/status:Name:\tgone\n13/status:State:\tS (sleeping)\n'],
    ['whose ids are none', status(13, { Uid: '0\t0' })],
    ['whose set is none', status(13, { CapPrm: 'everything' })],
  ])('are not counted with one %s', (_which, other) => {
    const text = `member 12 ${WEB}\nmember 13 ${WEB}\n${status(12)}${other}`;

    expect(processesIn(text).map(({ pid }) => pid)).toEqual([12]);
  });

  test('are nobody’s where the first process is another’s by now', () => {
    const { reportOf } = parseRuntime(`member 12 ${SHOP}\nmember 13 ${WEB}\n${status(12)}${status(13)}end\n`);

    expect(reportOf(WEB, 12)).toBeUndefined();
    expect(reportOf(SHOP, 13)).toBeUndefined();
    expect(reportOf(SHOP, 12)?.processes).toHaveLength(1);
  });

  test('that are too many are said to be', () => {
    const { reportOf } = parseRuntime(`crowded ${WEB}\nmember 12 ${WEB}\nmember 14 ${SHOP}\nend\n`);

    expect(reportOf(WEB, 12)?.isCrowded).toBe(true);
    expect(reportOf(SHOP, 14)?.isCrowded).toBe(false);
  });

  test('are not made of lines that are none', () => {
    const text = [
      `member 12 ${WEB}`,
      'member x 1',
      'member',
      `12/status:Name:\t\u001b[31mx`,
      '12/status',
      '/status:Uid:\t0',
      'exe 99999999999999999999 /x',
      '__proto__/status:Name:\tx',
      'socket 4',
      '12/net/tcp:   0: 00000000:0050',
      '12/uid_map:a b c',
    ].join('\n');

    const report = parseRuntime(`${text}\nend\n`).reportOf(WEB, 12);

    expect(report).toMatchObject({ processes: [], sockets: undefined, isCrowded: false });
    expect(report?.users(1000)).toBe(1000);
  });
});

describe('sockets', () => {
  test('are those of the network of the first process', () => {
    const text = `member 12 ${WEB}\n12/net/tcp:   0: 00000000:0050 00000000:0000 0A ${ROW}\nsockets 12\n`;

    expect(reportIn(text)?.sockets).toEqual([{ protocol: 'tcp', ip: '0.0.0.0', port: 80, inode: '217' }]);
  });

  test('are not known where they were not read to the end, or not at all', () => {
    const rows = `12/net/tcp:   0: 00000000:0050 00000000:0000 0A ${ROW}\n`.repeat(MOST_ROWS);

    expect(reportIn(`member 12 ${WEB}\n${rows}sockets 12\n`)?.sockets).toBeUndefined();
    expect(reportIn(`member 12 ${WEB}\n`)?.sockets).toBeUndefined();
  });

  test('that are held are told by process', () => {
    const text = `member 12 ${WEB}\nmember 13 ${SHOP}\nopen 12\nsocket 4\nopen 13\nsocket 5\n`;

    expect([...(reportIn(text)?.heldSockets ?? [])]).toEqual(['4']);
  });
});

test('the first free port is no port that there cannot be', () => {
  expect(reportIn(`member 12 ${WEB}\nfirst-free-port 12 1024\n`)?.firstFreePort).toBe(1024);
  expect(reportIn(`member 12 ${WEB}\nfirst-free-port 12 99999\n`)?.firstFreePort).toBeUndefined();
});

test('a mount point has the name it has, and the file system on top', () => {
  const text = `member 12 ${WEB}\nmount 12 ext4 /a\\040b\\134c\nmount 12 ext4 /data\nmount 12 nfs4 /data\n`;

  expect([...(reportIn(text)?.mounts ?? [])]).toEqual([
    ['/a b\\c', 'ext4'],
    ['/data', 'nfs4'],
  ]);
});

test('a hundred thousand lines of one process are read in no more time than those of many', () => {
  const lines = Array.from({ length: 100_000 }, (_, at) => `member ${at} ${WEB}`).join('\n');

  expect(parseRuntime(`${lines}\nend\n`).reportOf(WEB, 12)?.processes).toEqual([]);
});

function status(pid: number, different: Readonly<Record<string, string>> = {}): string {
  const fields = {
    Name: 'nginx',
    State: 'S (sleeping)',
    PPid: '1',
    Uid: '0\t33\t0\t33',
    Gid: '33\t33\t33\t33',
    Groups: '4 33 ',
    CapPrm: '0000000000000081',
    CapEff: '0000000000000001',
    CapBnd: '0000010000000081',
    CapAmb: '0000000000000000',
    NoNewPrivs: '1',
    ...different,
  };
  return Object.entries(fields)
    .map(([field, value]) => `${pid}/status:${field}:\t${value}\n`)
    .join('');
}

function reportIn(text: string) {
  return parseRuntime(`${text}end\n`).reportOf(WEB, 12);
}

function processesIn(text: string) {
  return reportIn(text)?.processes ?? [];
}
