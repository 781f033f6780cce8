import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { aShop, hostileEngine, SHOP, type HostileEngine } from '../support/hostile-engine.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing } from '../support/shop-fleet.ts';

/** Names that lead to a prototype where somebody assigns by name; as text, because a literal would set one. */
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
const TABLE = `{${NAMES.map((name) => `"${name}":"polluted"`).join()}}`;
const NESTED = `{${NAMES.map((name) => `"${name}":{"polluted":true,"Privileged":true,"IPAMConfig":null}`).join()}}`;

describe('T8, a host whose keys are those of a prototype', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let engine: HostileEngine | undefined;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    operator = operatorOf(fleet);
  });
  afterEach(async () => {
    await engine?.http.close();
    engine = undefined;
    operator.leave();
    await fleet.close();
    expectCleanPrototypes();
  });

  test('has them as data, in a scan, its file, and the plan that is made from either', async () => {
    engine = await hostileEngine({ [`/containers/${SHOP}/json`]: withPrototypes() });
    const scan = join(operator.folder, 'scan.json');

    const ended = [
      await operator.run(['scan', '-i', engine.address, '-o', scan]),
      await operator.run(['plan', '-i', engine.address, '--json']),
      await operator.run(['plan', '--from', scan, '--json']),
    ];

    expect(ended.map(({ exitCode }) => exitCode)).toEqual([2, 0, 0]);
    const { inspect } = (JSON.parse(readFileSync(scan, 'utf8')) as Scan).snapshots[0]?.containers[0] ?? {};
    for (const keyed of [inspect?.Config.Labels, inspect?.HostConfig.Sysctls, inspect?.NetworkSettings.Networks])
      expect(Object.keys(keyed ?? {})).toEqual(expect.arrayContaining(NAMES));
    const plans = ended.slice(1).map(({ stdout }) => JSON.parse(stdout) as Plan);
    for (const { changes } of plans) {
      const [change] = changes;
      expect(change).toMatchObject({ action: 'recreate', blocked: null, port_moves: [{ from: 80, to: 8080 }] });
      for (const side of [change?.before, change?.after])
        expect(Object.keys(side?.['HostConfig.PortBindings'] ?? {})).toEqual(expect.arrayContaining(NAMES));
    }
  });

  test('has them as data in the container that is made anew', async () => {
    const labels = JSON.parse(TABLE) as Record<string, string>;
    serve(fleet.engine('web-1'), 'web', 80, {}, { Labels: labels, Env: NAMES.map((name) => `${name}=1`) });

    const { exitCode } = await operator.enforce('apply', '--yes');

    expect([exitCode, ...standing(fleet.engine('web-1'))]).toContain('web running 8080');
    const web = fleet.engine('web-1').find('web')?.config;
    expect(Object.entries(web?.['Labels'] ?? {})).toEqual(expect.arrayContaining(Object.entries(labels)));
    expect(web?.['Env']).toEqual(NAMES.map((name) => `${name}=1`));
  });

  test.each(NAMES)('is not obeyed when the whole answer, or a part of it, is one called %s', async (name) => {
    const nested = `{"${name}":{"Id":"${SHOP}","polluted":true}}`;
    engine = await hostileEngine({ '/info': nested, '/containers/json': `[${nested}]` });

    const { exitCode, stdout } = await operator.run(['scan', '-i', engine.address]);

    expect([exitCode, stdout]).toEqual([4, expect.stringContaining("the engine's answer is not as its API says")]);
  });

  test.each([
    ['playbook', '-p', 'name: x\nrules:\n  linux-capabilities: true\n__proto__: { polluted: true }\n'],
    ['playbook within', '-p', 'rules:\n  linux-capabilities: { profiles: { __proto__: [CHOWN] } }\n'],
    ['constructor in a playbook', '-p', 'rules:\n  linux-capabilities: true\nconstructor: { polluted: true }\n'],
    ['exceptions', '-e', '- { rule: linux-capabilities, __proto__: { polluted: true } }\n'],
    ['inventory', '-i', 'all: { hosts: { web-1: { __proto__: { polluted: true } } } }\n'],
    ['inventory by merge', '-i', 'all: { hosts: { web-1: { <<: { __proto__: { polluted: true } } } } }\n'],
  ])('is one error of a file: %s', async (_what, flag, text) => {
    const { exitCode, stderr } = await operator.run(['scan', flag, operator.write('bad.yml', text)]);

    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/bad\.yml:\d+: .*(not allowed|not a known key)/)]);
  });
});

interface Scan {
  readonly snapshots: readonly {
    readonly containers: readonly {
      readonly inspect: {
        readonly Config: { readonly Labels: object };
        readonly HostConfig: { readonly Sysctls: object };
        readonly NetworkSettings: { readonly Networks: object };
      };
    }[];
  }[];
}

interface Plan {
  readonly changes: readonly {
    readonly before: Readonly<Record<string, object>>;
    readonly after: Readonly<Record<string, object>>;
  }[];
}

function withPrototypes(): string {
  const bindings = `"PortBindings":{${NAMES.map((name) => `"${name}":[]`).join()},`;
  return JSON.stringify(aShop())
    .replace('"Config":{', `"Config":{"Labels":${TABLE},"Volumes":${NESTED},`)
    .replace(/"Labels":(?:null|\{\})/, '"Unused":0')
    .replace(
      '"HostConfig":{',
      `"__proto__":{"Privileged":true},"HostConfig":{"Sysctls":${TABLE},"LogConfig":{"Config":${TABLE}},`,
    )
    .replace('"PortBindings":{', bindings)
    .replace('"NetworkSettings":{', `"NetworkSettings":{"Networks":${NESTED},`)
    .replace(/"Networks":\{"(?!__proto__)/, '"Others":{"');
}

function expectCleanPrototypes(): void {
  expect([{}, [], ''].map((value) => 'polluted' in Object(value))).toEqual([false, false, false]);
  expect(Object.keys(Object.prototype)).toEqual([]);
}
