import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { capabilitiesIn } from '../../src/scan/capability-bits.ts';
import type { Reading } from '../support/read-runtime-of.ts';
import { readingAt } from '../support/read-runtime-of.ts';
import { sameIds, valueOf } from '../support/a-runtime.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

jest.setTimeout(60_000);

const real = realEngine('processes');
let image: string;
let reading: Reading;

beforeAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  image = await real.busyboxImage();
  reading = await readingAt(real.socketPath);
});

afterAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  await real.cleanUp();
  await reading.connection.close();
});

describeReal('the processes of a container', () => {
  test('are all of them, with their ids and what they hold', async () => {
    await run('mixed', [], 'su -s /bin/sh www -c "exec sleep 1000" & exec httpd -f -p 80 -h /www');
    await real.docker('exec', '-d', `${real.prefix}mixed`, 'sleep', '1001');
    await until('mixed', 'ps -o user,args | grep -q "^www *sleep" && ps -o user,args | grep -q "^root *sleep"');
    const told = await real.docker('exec', `${real.prefix}mixed`, 'grep', 'CapEff', '/proc/1/status');

    const [facts] = await reading.read([`${real.prefix}mixed`]);

    const processes = valueOf(facts?.processes);
    const [httpd, worker, exec] = ['httpd', 'sleep', 'sleep'].map((name, at) =>
      processes.find((each) => each.name === name && each.userIds.effective === (at === 1 ? 33 : 0)),
    );
    expect(processes).toHaveLength(3);
    expect(httpd).toMatchObject({ executable: '/bin/busybox', userIds: sameIds(0), ambient: [] });
    expect(httpd?.effective).toEqual(capabilitiesIn(told.replace(/^CapEff:\s*/, '')));
    expect(worker).toMatchObject({
      parent: httpd?.pid,
      userIds: sameIds(33),
      groupIds: sameIds(33),
      groups: [33],
      permitted: [],
      effective: [],
      bounding: httpd?.bounding,
      hasNoNewPrivileges: false,
    });
    expect(exec?.effective).toEqual(httpd?.effective);
    const began = [httpd, worker, exec].map((one) => one?.startedAt ?? Number.NaN);
    expect(began).toEqual(began.toSorted((a, b) => a - b));
    expect(began[0]).toBeGreaterThan(0);
  });

  test('tell what a container was not given, and that it gets no more', async () => {
    const flags = ['--cap-drop', 'ALL', '--cap-add', 'KILL', '--user', '33:34', '--security-opt', 'no-new-privileges'];
    await run('locked', [...flags, '--group-add', '99'], 'exec sleep 1000');

    const [facts] = await reading.read([`${real.prefix}locked`]);

    expect(valueOf(facts?.processes)).toMatchObject([
      {
        userIds: sameIds(33),
        groupIds: sameIds(34),
        groups: expect.arrayContaining([99]),
        effective: [],
        bounding: ['KILL'],
        hasNoNewPrivileges: true,
      },
    ]);
  });

  test('hold nothing by a user namespace of their own making', async () => {
    const flags = ['--user', '33', '--security-opt', 'seccomp=unconfined'];
    await run('sandbox', flags, 'unshare -U -r sleep 1001 & exec sleep 1000');
    await until('sandbox', 'ps -o args | grep -q "^sleep 1001" && ps -o args | grep -q "^sleep 1000"');

    const [facts] = await reading.read([`${real.prefix}sandbox`]);

    expect(valueOf(facts?.processes).map(({ effective }) => effective)).toEqual([[], []]);
  });

  test('are those in a cgroup of its own making too, whoever it names that after', async () => {
    const victim = await named('victim', 'exec sleep 1000');
    const posing = await named('posing', 'sleep 1000 & exec sleep 1001');
    await until('posing', 'ps -o args | grep -q "^sleep 1001" && ps -o args | grep -q "^sleep 1000"');
    moveToOwnCgroup(posing.State.Pid ?? 0, victim.Id);

    const [ofVictim, ofPosing] = await reading.read(['victim', 'posing'].map((name) => real.prefix + name));

    expect(valueOf(ofVictim?.processes).map(({ pid }) => pid)).toEqual([victim.State.Pid]);
    expect(valueOf(ofPosing?.processes)).toHaveLength(2);
  });

  test('are those of its pid namespace where no cgroup tells', async () => {
    const { State } = await named('uncontrolled', 'sleep 1000 & exec sleep 1001');
    await until('uncontrolled', 'ps -o args | grep -q "^sleep 1001" && ps -o args | grep -q "^sleep 1000"');
    const [before] = await reading.read([`${real.prefix}uncontrolled`]);
    for (const { pid } of valueOf(before?.processes)) leaveCgroups(pid);

    const [after] = await reading.read([`${real.prefix}uncontrolled`]);

    expect(readFileSync(`/proc/${State.Pid ?? 0}/cgroup`, 'utf8')).not.toMatch(/[0-9a-f]{64}/);
    expect(valueOf(before?.processes)).toHaveLength(2);
    expect(after?.processes).toEqual(before?.processes);
  });

  test('are read however hostile their names', async () => {
    const folder = `"/tmp/a$(printf '\\n1/exe -> x\\nmember 1 2\\nend')"`;
    const script = `"/tmp/b$(printf '\\nUid: 7')"`;
    await run(
      'hostile',
      [],
      `mkdir -p ${folder}; cp /bin/busybox ${folder}/sleep; printf '#!/bin/sh\nread -r x </dev/zero' >${script}; chmod +x ${script}; ${script} & exec ${folder}/sleep 1000`,
    );
    await until('hostile', 'ps -o args | grep -q "sleep 1000" && ps -o comm | grep -q "^b"');

    const [facts] = await reading.read([`${real.prefix}hostile`]);

    const processes = valueOf(facts?.processes).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(processes).toMatchObject([
      { name: String.raw`b\nUid: 7`, executable: '/bin/busybox', userIds: sameIds(0) },
      { name: 'sleep', executable: '/tmp/a?1/exe -> x?member 1 2?end/sleep', userIds: sameIds(0) },
    ]);
  });
});

describeReal('the listeners of a container', () => {
  test('are those of its own network, where every port is free', async () => {
    await run('web', [], 'nc -l -p 53 & exec httpd -f -p 80 -h /www');
    await until('web', 'netstat -ltn | grep -q ":80 " && netstat -ltn | grep -q ":53 "');

    const [facts] = await reading.read([`${real.prefix}web`]);

    expect(
      valueOf(facts?.listeners)
        .map(({ protocol, port }) => `${port}/${protocol}`)
        .toSorted(),
    ).toEqual(['53/tcp', '80/tcp']);
    expect(facts?.firstFreePort).toEqual({ known: true, value: 0 });
  });

  test('go by the sysctl of the container', async () => {
    await run('strict', ['--sysctl', 'net.ipv4.ip_unprivileged_port_start=1024'], 'exec sleep 1000');

    const [facts] = await reading.read([`${real.prefix}strict`]);

    expect(facts?.firstFreePort).toEqual({ known: true, value: 1024 });
  });

  test('are only its own in the network of the host, and of another container', async () => {
    await run('edge', ['--network', 'host'], 'exec httpd -f -p 8931 -h /www');
    await run('beside', ['--network', `container:${real.prefix}edge`], 'exec httpd -f -p 8932 -h /www');
    await until('beside', 'netstat -ltn | grep -q ":8931 " && netstat -ltn | grep -q ":8932 "');

    const [edge, beside] = await reading.read([`${real.prefix}edge`, `${real.prefix}beside`]);

    expect(valueOf(edge?.listeners).map(({ port }) => port)).toEqual([8931]);
    expect(valueOf(beside?.listeners).map(({ port }) => port)).toEqual([8932]);
  });
});

test('nothing is told of a container that does not run', async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  await real.docker('create', '--name', `${real.prefix}idle`, image);

  expect(await reading.read([`${real.prefix}idle`])).toEqual([]);
});

async function run(name: string, flags: readonly string[], script: string): Promise<void> {
  await real.docker('run', '-d', '--name', real.prefix + name, ...flags, image, 'sh', '-c', script);
}

async function named(name: string, script: string) {
  await run(name, [], script);
  return real.inspect(real.prefix + name);
}

/** As a container could do that may write to its cgroups. */
function moveToOwnCgroup(pid: number, name: string): void {
  for (const line of readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n')) {
    const [, controllers = '', path = ''] = line.split(':');
    const folder = `/sys/fs/cgroup/${controllers === '' ? '' : `${controllers}/`}${path}`;
    if (!/^(?:|pids)$/.test(controllers) || path === '' || !existsSync(folder)) continue;
    mkdirSync(`${folder}/${name}`);
    writeFileSync(`${folder}/${name}/cgroup.procs`, String(pid));
  }
}

/** As under an engine that controls no cgroups, which some rootless ones do not. */
function leaveCgroups(pid: number): void {
  for (const line of readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n')) {
    const [, controllers = '', path = ''] = line.split(':');
    if (path === '' || path === '/') continue;
    const mount = controllers === '' ? unifiedCgroups() : `/sys/fs/cgroup/${controllers.replace('name=', '')}`;
    writeFileSync(`${mount}/cgroup.procs`, String(pid));
  }
}

function unifiedCgroups(): string {
  return /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1] ?? '/sys/fs/cgroup';
}

async function until(name: string, holds: string): Promise<void> {
  const wait = `n=0; until { ${holds}; } >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 400 ] || exit 1; sleep 0.05; done`;
  await real.docker('exec', real.prefix + name, 'sh', '-c', wait);
}
