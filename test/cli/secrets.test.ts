import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet } from '../support/shop-fleet.ts';

const CANARIES = ['canary-in-env', 'canary-in-label', 'canary-in-command', 'canary-in-entrypoint', 'canary-in-log'];

let fleet: EmbeddedFleet;
let operator: Operator;
beforeEach(async () => {
  fleet = await shopFleet(['web-1']);
  operator = operatorOf(fleet);
  serve(
    fleet.engine('web-1'),
    'web',
    80,
    { LogConfig: { Type: 'json-file', Config: { 'splunk-token': 'canary-in-log' } } },
    {
      Env: ['SHOP_PASSWORD=canary-in-env'],
      Labels: { 'com.example.db.password': 'canary-in-label' },
      Entrypoint: ['/bin/web', '--api-key', 'canary-in-entrypoint'],
      Cmd: ['--password=canary-in-command'],
    },
  );
});
afterEach(async () => {
  operator.leave();
  await fleet.close();
});

test('no secret of a container is printed or saved by any command', async () => {
  const file = (name: string): string => join(operator.folder, name);
  const printed: string[] = [];
  for (const words of [
    ['scan', '-vv', '-o', file('scan.json')],
    ['scan', '--json'],
    ['plan', '-vv', '-o', file('plan.json')],
    ['plan', '--json'],
    ['apply', '-vv', '--yes'],
    ['status', '-vv', '--json'],
    ['rollback', '-vv', '--yes'],
    ['apply', '--yes', '--json'],
    ['hosts', '-vv', '--check', '--json'],
  ]) {
    const [command = '', ...rest] = words;
    const { exitCode, stdout, stderr } = await operator.enforce(command, ...rest);
    expect([0, 2]).toContain(exitCode);
    printed.push(stdout, stderr);
  }

  const saved = readdirSync(operator.folder, { recursive: true, encoding: 'utf8' })
    .map(file)
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'));

  const leaked = CANARIES.filter((canary) => [...printed, ...saved].some((text) => text.includes(canary)));
  expect(saved).toHaveLength(9);
  expect(leaked).toEqual([]);
});

test('yet the container made anew has them all', async () => {
  await operator.enforce('apply', '--yes');

  const web = fleet.engine('web-1').find('web');
  expect(web?.published.map(({ port }) => port)).toEqual([8080, 8080]);
  expect(web?.config).toMatchObject({
    Env: ['SHOP_PASSWORD=canary-in-env'],
    Labels: { 'com.example.db.password': 'canary-in-label' },
    Entrypoint: ['/bin/web', '--api-key', 'canary-in-entrypoint'],
    Cmd: ['--password=canary-in-command'],
  });
});
