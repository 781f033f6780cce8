import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import {
  aShop,
  hostileEngine,
  SHOP,
  withImage,
  type HostileEngine,
  type OddAnswer,
} from '../support/hostile-engine.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { shopFleet } from '../support/shop-fleet.ts';

/** Clears the screen, sets the title, moves up, turns the line round, hides, and goes on in a line of its own. */
const EVIL =
  '\u001b[2J\u001b]0;owned\u0007\u001b[1A\r\b\u009b31m\u202eevil\u2066\u200b\ufeff\u2028\u{e0041}\0\nPlan: 0 to recreate.\n';
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('T6, a host that writes to the terminal', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let engine: HostileEngine;
  let inventory: string;
  beforeEach(async () => {
    fleet = await shopFleet([]);
    operator = operatorOf(fleet);
    engine = await hostileEngine(poisoned());
    inventory = operator.write('hosts.yml', `all: { hosts: { evil-1: { docker: "${engine.address}" } } }\n`);
  });
  afterEach(async () => {
    await engine.http.close();
    operator.leave();
    await fleet.close();
  });

  test.each<[string, readonly string[]]>([
    ['scan', []],
    ['scan', ['-vv']],
    ['plan', []],
    ['plan', ['-vv']],
    ['apply', ['--yes']],
    ['apply', ['--yes', '-vv']],
    ['status', []],
    ['rollback', ['--yes']],
    ['hosts', ['--check', '-v']],
  ])('has it shown as what it is by %s %j, each line where it belongs', async (command, words) => {
    const { stdout, stderr } = await operator.run([command, '-i', inventory, ...words]);

    expect(stdout + stderr).not.toMatch(OBEYED);
    expect((stdout + stderr).split('\n').filter((line) => line.startsWith('Plan: 0'))).toEqual([]);
    expect(stdout + stderr).toMatch(/evil-1|Nothing/);
  });

  test.each<[string, readonly string[]]>([
    ['scan', []],
    ['plan', []],
    ['apply', ['--yes']],
    ['status', []],
    ['hosts', ['--check']],
  ])('has it as escapes in the JSON of %s, which a program reads back as it was', async (command, words) => {
    const { stdout } = await operator.run([command, '-i', inventory, '--json', ...words]);

    expect(stdout).not.toMatch(OBEYED);
    const documents = command === 'apply' ? stdout.trim().split('\n') : [stdout];
    const read = documents.map((text) => JSON.parse(text) as unknown);
    if (command === 'scan' || command === 'plan') expect(contains(read, `${EVIL}x`)).toBe(true);
  });

  test('has it shown as what it is by a saved scan and a saved plan', async () => {
    const [scan, plan] = [join(operator.folder, 'scan.json'), join(operator.folder, 'plan.json')];
    await operator.run(['scan', '-i', inventory, '-o', scan]);
    await operator.run(['plan', '-i', inventory, '-o', plan]);

    const ended = [
      await operator.run(['plan', '--from', scan, '-v']),
      await operator.run(['apply', '--yes', '-i', inventory, plan]),
    ];

    for (const { stdout, stderr } of ended) expect(stdout + stderr).not.toMatch(OBEYED);
    expect(ended[0]?.stdout).toContain('evil-1');
  });

  test.each<[string, string, OddAnswer | string]>([
    ['an error', '/containers/json', (response) => response.writeHead(500).end(JSON.stringify({ message: EVIL }))],
    ['a page', '/containers/json', (response) => response.writeHead(500).end(EVIL)],
    ['no JSON', '/version', EVIL],
    ['an API version', '/_ping', (response) => response.setHeader('Api-Version', '1.41\u009b31m').end()],
    ['an id', '/containers/json', JSON.stringify([{ Id: EVIL }])],
  ])('by %s, has it shown as what it is, at every loudness', async (_what, path, answer) => {
    const other = await hostileEngine({ [path]: answer });

    const ended = await Promise.all(
      [[], ['-v'], ['-vv'], ['--json']].map((words) => operator.run(['scan', '-i', other.address, ...words])),
    );
    await other.http.close();

    for (const { exitCode, stdout, stderr } of ended) {
      expect(exitCode).toBe(4);
      expect(stdout + stderr).not.toMatch(OBEYED);
    }
  });
});

/** Everything that a host may choose the text of. */
function poisoned(): Readonly<Record<string, unknown>> {
  const shop = aShop() as { Config: object; HostConfig: object; State: object; NetworkSettings: object };
  return {
    '/version': { Version: `${EVIL}x` },
    '/info': { ID: EVIL, Name: EVIL, OperatingSystem: EVIL, KernelVersion: EVIL, SecurityOptions: [EVIL] },
    '/containers/json': [
      // What an interrupted run would have left.
      {
        Id: 'b'.repeat(64),
        Names: ['/\u001b[2Jx.enforce-old-abcd12'],
        Labels: { 'io.enforce.run': 'abcd12', 'io.enforce.target': '\u001b[2Jx' },
        State: 'exited',
      },
      { Id: SHOP, Names: [`/${EVIL}x`], Labels: { 'io.enforce.run': EVIL, 'io.enforce.target': EVIL }, State: EVIL },
    ],
    [`/containers/${SHOP}/json`]: {
      ...shop,
      Name: `/${EVIL}x`,
      Config: {
        ...shop.Config,
        Image: 'nginx:1.25',
        User: EVIL,
        Labels: { [EVIL]: EVIL, 'com.example.owner': EVIL, maintainer: EVIL },
        Cmd: [EVIL],
        Env: [`${EVIL}=${EVIL}`],
      },
      HostConfig: {
        ...shop.HostConfig,
        Binds: [`${EVIL}:/x`],
        PortBindings: { '80/tcp': [{ HostIp: EVIL, HostPort: '80' }] },
      },
      State: { ...shop.State, Error: EVIL, Health: { Status: EVIL } },
      NetworkSettings: { Ports: { '80/tcp': [{ HostIp: EVIL, HostPort: '80' }] }, Networks: { [EVIL]: {} } },
    },
    ...withImage({ Labels: { [EVIL]: EVIL } }),
    '/containers/create': (response: { writeHead(status: number): { end(text: string): void } }) =>
      response.writeHead(500).end(JSON.stringify({ message: EVIL })),
  };
}

function contains(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => contains(inner, text));
}
