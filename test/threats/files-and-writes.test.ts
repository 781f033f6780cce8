import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

let fleet: EmbeddedFleet;
let operator: Operator;
beforeEach(async () => {
  fleet = await shopFleet(['web-1']);
  operator = operatorOf(fleet);
  serve(fleet.engine('web-1'), 'web', 80);
});
afterEach(async () => {
  operator.leave();
  await fleet.close();
});

describe('T4, a proxy before the engine that lets only reading through', () => {
  test('is enough to scan, plan, look at the hosts and ask for the status', async () => {
    const engine = fleet.engine('web-1');
    engine.fault = ({ method }) => (method === 'GET' ? undefined : { status: 403, message: 'only GET is allowed' });
    const web = engine.find('web');
    if (web) web.changes = [{ Path: '/run/web.pid', Kind: 1 }];
    const scan = join(operator.folder, 'scan.json');

    const ended = [
      await operator.enforce('scan', '-o', scan),
      await operator.enforce('plan', '-o', join(operator.folder, 'plan.json')),
      await operator.enforce('hosts', '--check'),
      await operator.enforce('status'),
    ];

    expect(ended.map(({ exitCode }) => exitCode)).toEqual([2, 0, 0, 0]);
    expect(new Set(engine.requests.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD']));
    expect(ended[1]?.stdout).toContain('1 to recreate');
  });

  test('ends apply with the container as it was, and says what was refused', async () => {
    fleet.engine('web-1').fault = ({ mutating }) =>
      mutating ? { status: 403, message: 'only GET is allowed' } : undefined;

    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect([exitCode, stdout]).toEqual([2, expect.stringContaining('only GET is allowed')]);
    expect(standing(fleet.engine('web-1'))).toEqual(['web running 80']);
  });
});

describe('T10, a YAML file that is made to do harm', () => {
  const levels = Array.from({ length: 30 }, (_, level) => `b${level + 1}: &b${level + 1} [${`*b${level},`.repeat(9)}]`);
  test.each<[string, string]>([
    ['a billion laughs', `b0: &b0 [lol]\n${levels.join('\n')}\n`],
    ['a merge of merges', `m0: &m0 { a: 1 }\n${mergeLevels().join('\n')}\n`],
    ['an alias of itself', 'a: &a [*a]\n'],
    ['a hundred thousand levels', `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`],
    ['more than a mebibyte', `name: ${'x'.repeat(1024 * 1024)}\n`],
    ['a function', 'name: !!js/function "function () { return process.exit(0) }"\n'],
    ['an object of another language', 'name: !!python/object/apply:os.system ["touch /tmp/evil"]\n'],
    ['a tag of its own', 'name: !evil x\n'],
    ['a second document', 'name: a\n---\nname: b\n'],
    ['bytes that are no text', 'name: \0\n'],
  ])('%s is one error with the file, and no host is reached', async (_what, text) => {
    const file = operator.write('bomb.yml', text);

    const ended = [
      await operator.enforce('apply', '--yes', '-p', file),
      await operator.enforce('apply', '--yes', '-e', file),
      await operator.run(['apply', '--yes', '-i', file]),
    ];

    for (const { exitCode, stdout, stderr } of ended) {
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error: .*bomb\.yml/);
    }
    expect(fleet.hosts.get('web-1')?.connections()).toBe(0);
  });
});

describe('T17, a package that brings more than it says', () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock;
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);

  test('has its exact bytes in the lock file', () => {
    const loose = shipped.filter(
      ([, { integrity, version }]) => !(integrity ?? '').startsWith('sha512-') || !/^\d+\.\d+\.\d+/.test(version ?? ''),
    );

    expect(loose.map(([path]) => path)).toEqual([]);
  });

  test('needs nothing to be run when it is installed', () => {
    const scripted = shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);

    expect(scripted.filter((path) => !OPTIONAL_SCRIPTS.includes(path))).toEqual([]);
  });

  test('is noticed when it is one too many', () => {
    expect(shipped.length).toBeLessThanOrEqual(MOST_PACKAGES);
  });
});

describe('T19, the container that is kept for a rollback', () => {
  test.each(['always', 'unless-stopped', 'on-failure'])(
    'was to restart %s, and does not, whether the engine restarts after a change or after its rollback',
    async (policy) => {
      const engine = fleet.engine('web-1');
      serve(engine, 'api', 81, { RestartPolicy: { Name: policy } });
      await operator.enforce('apply', '--yes');
      const kept = policiesOf('.enforce-bak-');

      engine.reboot();
      const afterReboot = standing(engine).filter((line) => line.includes('running') && line.includes('enforce'));
      await operator.enforce('rollback', '--yes', '--container', 'api');

      expect(kept).toEqual(['no', 'no']);
      expect(afterReboot).toEqual([]);
      expect(engine.find('api')?.hostConfig['RestartPolicy']).toMatchObject({ Name: policy });
      expect(policiesOf('.enforce-fail-').filter((name) => name !== 'no')).toEqual([]);
      expect(writesTo(engine).length).toBeGreaterThan(0);
    },
  );

  function policiesOf(role: string): readonly string[] {
    return [...fleet.engine('web-1').store.containers.values()]
      .filter(({ name }) => name.includes(role))
      .map(({ hostConfig }) => (hostConfig['RestartPolicy'] as { Name: string }).Name);
  }
});

interface Lock {
  readonly packages: Readonly<Record<string, Package>>;
}

interface Package {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

/** ssh2 does its ciphers by itself where they were not built, and protobufjs only prints something. */
const OPTIONAL_SCRIPTS = ['node_modules/ssh2', 'node_modules/cpu-features', 'node_modules/protobufjs'];
/** A dependency that brings more is a decision: raise it together with the line in CONTRIBUTING. */
const MOST_PACKAGES = 122;

function mergeLevels(): readonly string[] {
  return Array.from(
    { length: 30 },
    (_, level) => `m${level + 1}: &m${level + 1} { <<: [${`*m${level},`.repeat(9)}], k${level}: *m${level} }`,
  );
}
