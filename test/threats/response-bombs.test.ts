import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { fakeClock } from '../support/fake-clock.ts';
import type { HostileEngine, OddAnswer } from '../support/hostile-engine.ts';
import { aShop, hostileEngine, pour, SHOP } from '../support/hostile-engine.ts';
import { idOf } from '../support/containers.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { startProgram } from '../support/program.ts';
import { serve, shopFleet } from '../support/shop-fleet.ts';

const INSPECT = `/containers/${SHOP}/json`;
const HUGE = 300 * 1024 * 1024;

/** What a host answers, and the words with which it, and nobody else, fails. */
const BOMBS: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
  ['list-of-300-mb', { '/containers/json': pouring('[', HUGE) }, /longer than 33554432 bytes/],
  ['inspect-of-300-mb', { [INSPECT]: pouring('{"a":', HUGE) }, /longer than 4194304 bytes/],
  ['changes-of-300-mb', { [`/containers/${SHOP}/changes`]: pouring('[{}]', HUGE) }, /longer than 33554432 bytes/],
  ['endless-chunks', { '/info': pouring('x') }, /longer than 4194304 bytes/],
  ['endless-first-answer', { '/_ping': pouring('OK') }, /the first answer is longer than 65536 bytes/],
  ['endless-headers', { '/version': endlessHeaders }, /does not speak HTTP/],
  ['a-million-levels', { [INSPECT]: `${'['.repeat(1e6)}${']'.repeat(1e6)}` }, /nested deeper than 100 levels/],
  ['a-million-containers', { '/containers/json': containers(1e6) }, /longer than 33554432 bytes/],
  ['many-containers', { '/containers/json': containers(20_000) }, /lists 20000 containers/],
  ['a-million-labels', { [INSPECT]: labelled(1e6) }, /longer than 4194304 bytes/],
  ['many-large-containers', manyLargeContainers(), /describes itself in more than 128 MiB/],
  ['every-port-many-times', manyPorts(), /publishes more than 200000 ports/],
];

describe('T7, a host that answers without end', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let engines: readonly HostileEngine[] = [];
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    serve(fleet.engine('web-1'), 'web', 80);
    operator = operatorOf(fleet);
  });
  afterEach(async () => {
    await Promise.all(engines.map(({ http }) => http.close()));
    operator.leave();
    await fleet.close();
  });

  test('fails alone and soon, in little memory, while the host beside it is planned for', async () => {
    engines = await Promise.all(BOMBS.map(([, odd]) => hostileEngine(odd)));
    const inventory = withHosts(Object.fromEntries(BOMBS.map(([name], at) => [name, engines[at]?.address ?? ''])));

    // All of them answer at once, and a busy machine takes its time to say so.
    const program = startProgram(['plan', '-i', inventory, '--json', '--timeout', '240'], {
      folder: operator.folder,
      // A heap in which only a few answers of the size that is allowed have room.
      environment: { HOME: fleet.homeFolder, NODE_OPTIONS: '--max-old-space-size=400' },
    });
    const { exitCode, stdout, stderr } = await program.ended;

    expect([exitCode, stderr]).toEqual([4, expect.not.stringContaining('internal error')]);
    const { hosts, changes } = JSON.parse(stdout) as PlanJson;
    const told = hosts.map(({ host, because }) => [host, because]);
    expect(told).toEqual([['web-1', undefined], ...BOMBS.map(([name, , said]) => [name, expect.stringMatching(said)])]);
    expect(changes).toMatchObject([{ host: 'web-1', container: 'web', action: 'recreate' }]);
  });

  test('one byte at a time is given up when its time is over, not byte by byte', async () => {
    engines = [await hostileEngine({ '/_ping': (response: Parameters<OddAnswer>[0]) => void response.write('O') })];
    const inventory = withHosts({ 'slow-1': engines[0]?.address ?? '' });

    const { exitCode, stdout, stderr } = await operator.run(['scan', '-i', inventory, '--timeout', '4']);

    expect(exitCode).toBe(4);
    expect(stdout + stderr).toMatch(/slow-1.*no answer in time/);
    expect(stdout).toMatch(/web-1 +web +privileged-host-port/);
  });

  test('that answers every request just in time is left after a quarter of an hour', async () => {
    const clock = fakeClock();
    const ids = Array.from({ length: 40 }, (_, at) => idOf(`shop-${at}`));
    const slowly =
      (value: unknown): OddAnswer =>
      (response) =>
        void clock.delay(29_000).then(() => response.end(JSON.stringify(value)));
    engines = [
      await hostileEngine({
        '/containers/json': ids.map((Id) => ({ Id, Names: [] })),
        ...Object.fromEntries(ids.map((id, at) => [`/containers/${id}/json`, slowly(aShop(`shop-${at}`))])),
      }),
    ];
    const inventory = withHosts({ 'slow-1': engines[0]?.address ?? '' });

    const { exitCode, stdout, stderr } = await operator.run(['scan', '-i', inventory], { clock });

    expect(exitCode).toBe(4);
    expect(stdout + stderr).toMatch(/slow-1.*is not read after 15 minutes/);
  });

  /** The good host first, then the others. */
  function withHosts(addresses: Readonly<Record<string, string>>): string {
    const good = `127.0.0.1:${fleet.hosts.get('web-1')?.port ?? 0}`;
    return operator.write(
      'hosts.yml',
      [
        'all:',
        '  hosts:',
        `    web-1: { docker: "ssh://demo@${good}", ansible_ssh_private_key_file: ${fleet.homeFolder}/.ssh/id_ed25519 }`,
        ...Object.entries(addresses).map(([name, address]) => `    ${name}: { docker: "${address}" }`),
        '',
      ].join('\n'),
    );
  }
});

interface PlanJson {
  readonly hosts: readonly { readonly host: string; readonly because?: string }[];
  readonly changes: readonly object[];
}

function pouring(text: string, bytes?: number): OddAnswer {
  return (response) => pour(response, text, bytes);
}

function endlessHeaders({ socket }: Parameters<OddAnswer>[0]): void {
  const more = (): void => {
    while (socket?.write('X-More: and more\r\n'.repeat(100)) === true);
  };
  socket?.on('drain', more);
  socket?.write('HTTP/1.1 200 OK\r\n');
  more();
}

function containers(count: number): OddAnswer {
  return (response) => response.end(JSON.stringify(Array.from({ length: count }, (_, at) => ({ Id: id(at) }))));
}

function id(at: number): string {
  return at.toString(16).padStart(64, '0');
}

function labelled(count: number): OddAnswer {
  const shop = aShop();
  const Labels = Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']));
  return (response) => response.end(JSON.stringify({ ...shop, Config: { ...(shop['Config'] as object), Labels } }));
}

/** Each container is as large as one may be, and there are as many as there may be. */
function manyLargeContainers(): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(aShop()).replace('"Hostname":"', `"Hostname":"${'x'.repeat(3 * 1024 * 1024)}`);
  return manyContainers(200, (own) => text.replace(SHOP, own));
}

function manyPorts(): Readonly<Record<string, unknown>> {
  const rows = Array.from({ length: 20_000 }, (_, at) => ({ HostPort: String(2000 + at) }));
  const text = JSON.stringify(aShop()).replace('"80/tcp":[', `"80/tcp":[${JSON.stringify(rows).slice(1, -1)},`);
  return manyContainers(30, (own) => text.replace(SHOP, own));
}

function manyContainers(count: number, text: (id: string) => string): Readonly<Record<string, unknown>> {
  const ids = Array.from({ length: count }, (_, at) => id(at));
  return {
    '/containers/json': ids.map((Id) => ({ Id })),
    ...Object.fromEntries(
      ids.map((own): [string, OddAnswer] => [`/containers/${own}/json`, (response) => response.end(text(own))]),
    ),
  };
}
