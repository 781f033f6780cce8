import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { aShop, hostileEngine, SHOP, withImage, type HostileEngine } from '../support/hostile-engine.ts';
import { image } from '../support/memory-engine/images.ts';
import { service } from '../support/memory-engine/program.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { startProgram } from '../support/program.ts';
import { serve, shopFleet, writesTo } from '../support/shop-fleet.ts';

const LOUDNESS: readonly (readonly string[])[] = [[], ['-q'], ['-v'], ['-vv'], ['--json'], ['--json', '-vv']];
const SECRETS = {
  Env: ['PLAIN=canary-env', 'DB_PASSWORD=canary-password', 'DSN=postgres://shop:canary-dsn@db/shop'],
  Entrypoint: ['/bin/sh', '-c', 'API_TOKEN=canary-entrypoint exec "$0" "$@"'],
  Cmd: ['serve', '--password', 'canary-command', '--dsn=amqp://shop:canary-url@mq'],
  Labels: {
    'db.password': 'canary-label',
    dsn: 'postgres://shop:canary-label-url@db',
    note: '--token=canary-label-flag',
  },
  Healthcheck: {
    Test: ['CMD-SHELL', 'curl -u probe:canary-health http://localhost && mysqladmin -pcanary-mysql ping'],
  },
  OnBuild: ['ENV SECRET_KEY=canary-build'],
};
const HOST_SECRETS = {
  LogConfig: {
    Type: 'splunk',
    Config: { 'splunk-token': 'canary-log', 'splunk-url': 'https://x:canary-log-url@splunk' },
  },
  StorageOpt: { 'auth-token': 'canary-storage' },
  Annotations: { 'vault.secret': 'canary-annotation' },
  Mounts: [
    {
      Type: 'volume',
      Source: 'data',
      Target: '/data',
      VolumeOptions: {
        Labels: { password: 'canary-volume-label' },
        DriverConfig: { Name: 'local', Options: { o: 'username=shop,password=canary-volume' } },
      },
    },
  ],
  FutureRegistryAuth: 'canary-future',
};

describe('T11, a secret in whatever a container and its host carry', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let engine: HostileEngine | undefined;
  beforeEach(async () => {
    const leaky = image(
      'shop/leaky:1',
      { Cmd: ['/bin/leaky'], ExposedPorts: { '80/tcp': {} } },
      { '/bin/leaky': LEAKY },
    );
    fleet = await shopFleet(['web-1'], { 'web-1': { images: [leaky] } });
    operator = operatorOf(fleet, QUICK_PLAYBOOK);
  });
  afterEach(async () => {
    await engine?.http.close();
    engine = undefined;
    operator.leave();
    await fleet.close();
  });

  test.each(LOUDNESS.map((words) => [words.join(' '), words] as const))(
    'is in nothing that scan %s and plan print or save',
    async (_name, words) => {
      engine = await hostileEngine(tellingAll());
      const inventory = operator.write('hosts.yml', `all: { hosts: { evil-1: { docker: "${engine.address}" } } }\n`);

      const ended = [
        await operator.run(['scan', '-i', inventory, '-o', join(operator.folder, 'scan.json'), ...words]),
        await operator.run(['plan', '-i', inventory, '-o', join(operator.folder, 'plan.json'), ...words]),
        await operator.run(['plan', '--from', join(operator.folder, 'scan.json'), ...words]),
      ];

      expect(ended.map(({ exitCode }) => exitCode)).toEqual([2, 0, 0]);
      expect(leaks(...ended)).toEqual([]);
    },
  );

  test.each(LOUDNESS.map((words) => [words.join(' '), words] as const))(
    'is in nothing that apply %s tells of a container that quotes its own secrets and exits',
    async (_name, words) => {
      leak('web');

      const ended = await operator.enforce('apply', '--yes', ...words);
      const status = await operator.enforce('status', ...words);

      expect(ended).toMatchObject({
        exitCode: 3,
        stdout: expect.stringMatching(words.includes('-q') ? '' : /rolled.back/),
      });
      expect(leaks(ended, status)).toEqual([]);
      expect(readJournals()).toContain('[DB_PASSWORD]');
    },
  );

  test.each([
    ['create', '/containers/create'],
    ['stop', '/stop'],
    ['start', '/start'],
    ['rename', '/rename'],
  ])('is in nothing that is told of an engine that quotes it when it refuses a %s', async (_what, path) => {
    leak('web');
    let refusals = 0;
    fleet.engine('web-1').fault = (call) =>
      call.path.endsWith(path) && call.subject !== LOCK_NAME && refusals++ < 5
        ? { status: 500, message: QUOTING }
        : undefined;

    const ended = await operator.enforce('apply', '--yes', '-vv');

    expect(refusals).toBeGreaterThan(0);
    expect(ended.stdout + readJournals()).toContain('nfs refused password=');
    expect(leaks(ended)).toEqual([]);
  });

  test.each(LOUDNESS.map((words) => [words.join(' '), words] as const))(
    'is not quoted by scan %s from an answer that is broken beside it',
    async (_name, words) => {
      const text = JSON.stringify({ ...aShop(), Config: SECRETS });
      engine = await hostileEngine({ [`/containers/${SHOP}/json`]: text.replace('["PLAIN=canary-env"', 'canary-env') });

      const ended = await operator.run(['scan', '-i', engine.address, ...words]);

      expect(ended.exitCode).toBe(4);
      expect(leaks(ended)).toEqual([]);
    },
  );

  test('is in nothing a host says when it cannot be read', async () => {
    engine = await hostileEngine({
      '/containers/json': (response: { writeHead(status: number): { end(text: string): void } }) =>
        response
          .writeHead(500)
          .end(JSON.stringify({ message: 'denied: Authorization: Bearer canary-7, TOKEN=canary-8' })),
    });

    const ended = await operator.run(['scan', '-i', engine.address, '-vv']);

    expect(ended.stdout + ended.stderr).toContain('the engine refused GET /containers/json: denied');
    expect(leaks(ended)).toEqual([]);
  });

  test('is in nothing that is left by a run that was killed, nor by the one that ends it', async () => {
    leak('web');
    const { engine: memory } = fleet.hosts.get('web-1') ?? {};
    const killed = startProgram(operator.words('apply', '--yes', '-vv'), {
      folder: operator.folder,
      environment: { HOME: fleet.homeFolder, ENFORCE_STATE_DIR: join(operator.folder, 'state') },
    });
    if (memory)
      memory.afterEach = ({ path }) => {
        if (path === '/containers/create') killed.child.kill('SIGKILL');
      };
    const ended = await killed.ended;
    if (memory) memory.afterEach = () => undefined;

    const next = await operator.enforce('apply', '--yes', '-vv');

    expect(ended.exitCode).toBe(137);
    expect(writesTo(fleet.engine('web-1')).length).toBeGreaterThan(1);
    expect(leaks(ended, next)).toEqual([]);
  });

  function leak(name: string): void {
    serve(fleet.engine('web-1'), name, 80, HOST_SECRETS, {
      ...SECRETS,
      Entrypoint: null,
      Image: 'shop/leaky:1',
      Cmd: ['/bin/leaky', ...SECRETS.Cmd],
    });
  }

  /** Every line, printed or in a file of the operator's folder, in which a canary sings. */
  function leaks(...ended: readonly { readonly stdout: string; readonly stderr: string }[]): readonly string[] {
    const files = readdirSync(operator.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(operator.folder, name))
      .filter((path) => statSync(path).isFile());
    const printed = ended.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    return [...printed, ...files.map((path) => readFileSync(path, 'utf8'))].flatMap((text) =>
      text.split('\n').filter((line) => line.includes('canary-')),
    );
  }

  function readJournals(): string {
    return JSON.stringify(operator.journals());
  }
});

const QUOTING =
  'OCI runtime create failed: mount //nas: data: username=shop,password=canary-volume: nfs refused password=canary-command, env canary-password canary-label';

/** Serves until it loses MKNOD; then it tells everything it knows, and ends. */
const LEAKY = service({
  listens: ['80/tcp'],
  greeting: 'hello\r\n',
  needs: [
    {
      capability: 'MKNOD',
      complaint: `${'x'.repeat(230)} canary-password canary-env canary-command --password=canary-other canary-label canary-volume Operation not permitted`,
      otherwise: 'exits',
    },
  ],
});

function tellingAll(): Readonly<Record<string, unknown>> {
  const shop = aShop() as { Config: object; HostConfig: object; State: object; NetworkSettings: object };
  const networks = { front: { NetworkID: 'n', DriverOpts: { 'com.example.secret': 'canary-network' } } };
  return {
    [`/containers/${SHOP}/json`]: {
      ...shop,
      Path: '/bin/sh',
      Args: [...SECRETS.Entrypoint.slice(1), ...SECRETS.Cmd],
      Config: { ...shop.Config, ...SECRETS },
      HostConfig: { ...shop.HostConfig, ...HOST_SECRETS },
      State: {
        ...shop.State,
        Error: 'exec: "--token=canary-error": not found',
        Health: { Status: 'healthy', Log: [{ Output: 'login with password=canary-output failed' }] },
      },
      NetworkSettings: { ...shop.NetworkSettings, Networks: networks },
    },
    ...withImage(SECRETS),
  };
}
