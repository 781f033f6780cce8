import { statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { keyPair } from '../support/key-pair.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, serveWell, shopFleet, writesTo } from '../support/shop-fleet.ts';

describe('enforce scan', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1', 'web-2', 'old-1', 'pod-1'], {
      'old-1': { engine: { apiVersion: '1.22', version: '1.10.3' } },
      'pod-1': { engine: { kind: 'podman', version: '4.3.1', apiVersion: '1.40' } },
    });
    operator = operatorOf(fleet);
    serve(fleet.engine('web-1'), 'web', 80);
    serveWell(fleet.engine('web-2'), 'web', 8080);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('ends with 2 when it finds something, and names host, container and rule', async () => {
    const { exitCode, stdout, stderr } = await operator.enforce('scan', '-l', 'web-*');

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^web-1 +web +privileged-host-port +publishes 80\/tcp at host port 80/m);
    expect(stdout).toMatch(/^web-1 +web +linux-capabilities +holds NET_RAW/m);
    expect(stdout).toMatch(/^2 findings in 1 container on 1 host\.$/m);
    expect(stdout).not.toContain('web-2');
    expect(stderr).toBe('');
  });

  test('ends with 0 when every container is compliant', async () => {
    const { exitCode, stdout } = await operator.enforce('scan', '-l', 'web-2');

    expect([exitCode, stdout]).toEqual([0, 'No findings in 1 container on 1 host.\n']);
  });

  test('with --exit-zero tells of findings and ends with 0 all the same', async () => {
    const { exitCode, stdout } = await operator.enforce('scan', '-l', 'web-1', '--exit-zero');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('2 findings');
  });

  test('narrowed to a rule and a container looks at nothing else', async () => {
    serve(fleet.engine('web-1'), 'mail', 25);

    const { stdout } = await operator.enforce(
      'scan',
      '-l',
      'web-1',
      '--rule',
      'privileged-host-port',
      '--container',
      'm*',
    );

    expect(stdout.split('\n')).toEqual([
      expect.stringContaining('HOST'),
      expect.stringMatching(/^web-1 +mail +privileged-host-port/),
      '1 finding in 1 container on 1 host.',
      '',
    ]);
  });

  test('with --json prints one document with the published fields', async () => {
    const { exitCode, stdout, stderr } = await operator.enforce('scan', '-l', 'web-*', '--json');

    expect([exitCode, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      format_version: '1.0',
      generated_at: '2026-11-22T05:00:00.000Z',
      errored: false,
      complete: true,
      findings: [
        {
          host: 'web-1',
          container: 'web',
          id: expect.stringMatching(/^[0-9a-f]{64}$/),
          rule: 'privileged-host-port',
          severity: 'medium',
          refs: { cis: { '1.6.0': '5.8' }, stig: expect.arrayContaining(['V-260929']) },
          because: expect.stringContaining('host port 80'),
          evidence: { kind: 'ports', ports: [{ host_port: 80 }, { host_port: 80 }] },
          exception: null,
        },
        { rule: 'linux-capabilities' },
      ],
      hosts: [
        {
          host: 'web-1',
          address: expect.stringMatching(/^ssh:\/\/demo@127\.0\.0\.1:\d+$/),
          reachable: true,
          engine: { version: '20.10.24', api: '1.41', id: 'MEMO:web-1' },
          containers: 1,
        },
        { host: 'web-2', reachable: true, containers: 1 },
      ],
    });
  });

  test('only reads: no engine gets a call that could change anything', async () => {
    await operator.enforce('scan', '-o', join(operator.folder, 'scan.json'));

    const writes = [...fleet.hosts.values()].flatMap(({ engine }) => writesTo(engine));
    expect(writes).toEqual([]);
    expect(fleet.engine('web-1').requests.length).toBeGreaterThan(3);
  });

  test('with -o saves what was read where only its owner can read it', async () => {
    const file = join(operator.folder, 'scan.json');

    await operator.enforce('scan', '-l', 'web-*', '-o', file);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      complete: true,
      snapshots: [{ host: 'web-1', containers: [{ name: 'web' }] }, { host: 'web-2' }],
    });
  });

  test('ends with 4 when a host cannot be reached, with its reason, and reports the others', async () => {
    const more = operator.write('edge.yml', 'all: { hosts: { edge-1: { docker: "ssh://demo@127.0.0.1:1" } } }\n');

    const text = await operator.enforce('scan', '-l', 'web-*,edge-1', '-i', more);
    const json = await operator.enforce('scan', '-l', 'web-*,edge-1', '-i', more, '--json');

    expect([text.exitCode, json.exitCode]).toEqual([4, 4]);
    expect(text.stdout).toMatch(/^edge-1 +– +not scanned +nothing listens on demo@127\.0\.0\.1 port 1$/m);
    expect(text.stdout).toMatch(/^edge-1: is the host up/m);
    expect(text.stdout).toContain('2 findings in 1 container on 1 host, 1 host not scanned.');
    expect(JSON.parse(json.stdout)).toMatchObject({
      errored: true,
      complete: false,
      hosts: [{ host: 'web-1' }, { host: 'web-2' }, { host: 'edge-1', reachable: false, hint: expect.any(String) }],
    });
  });

  test('refuses a host whose key is not the known one, and gives the fingerprint', async () => {
    const file = join(fleet.homeFolder, '.ssh', 'known_hosts');
    const port = fleet.hosts.get('web-2')?.port ?? 0;
    const stranger = keyPair().public;
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => !line.startsWith(`[127.0.0.1]:${port} `));
    await writeFile(file, [...lines, `[127.0.0.1]:${port} ${stranger}`, ''].join('\n'));

    const { exitCode, stdout } = await operator.enforce('scan', '-l', 'web-*');

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^web-2 +– +not scanned .*SHA256:/m);
    expect(stdout).toMatch(/^web-1 +web +privileged-host-port/m);
    expect(fleet.engine('web-2').requests).toEqual([]);
  });

  test('refuses a host nobody vouched for, and gives the line to add', async () => {
    await writeFile(join(fleet.homeFolder, '.ssh', 'known_hosts'), '');

    const { exitCode, stdout } = await operator.enforce('scan', '-l', 'web-1');

    expect(exitCode).toBe(4);
    expect(stdout).toContain(`[127.0.0.1]:${fleet.hosts.get('web-1')?.port ?? 0} ssh-ed25519 AAAA`);
    expect(fleet.engine('web-1').requests).toEqual([]);
  });

  test('says that an engine is too old, and which would do', async () => {
    const { exitCode, stdout } = await operator.enforce('scan', '-l', 'old-1,web-2');

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^old-1 +– +not scanned .*1\.22.*1\.24/m);
    expect(stdout).toContain('No findings in 1 container on 1 host, 1 host not scanned.');
  });

  test('reports on Podman behind a Docker socket as on any other', async () => {
    serve(fleet.engine('pod-1'), 'web', 80);

    const { exitCode, stdout } = await operator.enforce('scan', '-l', 'pod-1', '--json');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'privileged-host-port' })]),
      hosts: [{ engine: { kind: 'podman', version: '4.3.1' } }],
    });
  });
});
