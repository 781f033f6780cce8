import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet } from '../support/shop-fleet.ts';

const COMMANDS = ['scan', 'plan', 'apply', 'rollback', 'observe', 'status', 'hosts', 'rules', 'explain', 'config'];
const RULES = ['privileged-host-port', 'linux-capabilities', 'host-network-privileged-listener'];

let fleet: EmbeddedFleet;
let operator: Operator;
beforeEach(async () => {
  fleet = await shopFleet(['web-1', 'web-2']);
  serve(fleet.engine('web-1'), 'web', 80);
  operator = operatorOf(fleet);
});
afterEach(async () => {
  operator.leave();
  await fleet.close();
});

describe('commands that need no host', () => {
  test('--help names every command and every exit code', async () => {
    const { exitCode, stdout } = await operator.run(['--help']);

    expect(exitCode).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    for (const code of [0, 1, 2, 3, 4, 5, 6, 130]) expect(stdout).toMatch(new RegExp(`[:;]\\s+${code} \\w`));
  });

  test.each(COMMANDS)('%s --help ends with 0', async (command) => {
    const { exitCode, stdout } = await operator.run([command, '--help']);

    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`Usage: enforce ${command}`)]);
  });

  test('--version prints it, and how old the time zones are by which windows open', async () => {
    const { exitCode, stdout } = await operator.run(['--version']);

    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+ \(time zones \d{4}[a-z]\)\n$/)]);
  });

  test('no command at all is an error of usage', async () => {
    const { exitCode, stderr } = await operator.run([]);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Usage: enforce')]);
  });

  test('rules lists every rule, for people and for programs', async () => {
    const text = await operator.run(['rules']);
    const json = await operator.run(['rules', '--json']);

    for (const rule of RULES) expect(text.stdout).toMatch(new RegExp(`^${rule} `, 'm'));
    expect(JSON.parse(json.stdout)).toMatchObject({ rules: RULES.map((id) => ({ id, severity: expect.any(String) })) });
  });

  test.each(RULES)('explain %s tells why, what the fix does and what can break', async (rule) => {
    const text = await operator.run(['explain', rule]);
    const json = await operator.run(['explain', rule, '--json']);

    expect(text.exitCode).toBe(0);
    expect(text.stdout.split('\n').length).toBeGreaterThan(6);
    expect(JSON.parse(json.stdout)).toMatchObject({ id: rule, explanation: expect.any(String) });
  });

  test.each(['playbook', 'exceptions', 'inventory'])('config --schema %s prints a JSON Schema', async (name) => {
    const { exitCode, stdout } = await operator.run(['config', '--schema', name]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('json-schema.org') });
  });
});

describe('enforce hosts', () => {
  test('shows the inventory without connecting to anything', async () => {
    const { exitCode, stdout } = await operator.enforce('hosts');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^web-1 +ssh:\/\/demo@127\.0\.0\.1:\d+ +shop$/m);
    expect(fleet.hosts.get('web-1')?.connections()).toBe(0);
  });

  test("shows which of them are reached by the system's ssh", async () => {
    const more = operator.write('sk.yml', 'all: { hosts: { vault-1: { transport: openssh } } }\n');

    const text = await operator.enforce('hosts', '-i', more);
    const json = await operator.enforce('hosts', '-i', more, '--json');

    expect(text.stdout).toMatch(/^vault-1 +ssh:\/\/vault-1 by openssh$/m);
    expect(JSON.parse(json.stdout)).toMatchObject({
      hosts: expect.arrayContaining([
        expect.objectContaining({ host: 'web-1', transport: 'built-in' }),
        expect.objectContaining({ host: 'vault-1', transport: 'openssh' }),
      ]),
    });
  });

  test('--check tells engine, API and way of each', async () => {
    const { exitCode, stdout } = await operator.enforce('hosts', '--check');

    expect(exitCode).toBe(0);
    expect(stdout.match(/Docker 20\.10\.24, API 1\.41, ssh, forwarded socket/g)).toHaveLength(2);
  });

  test('--check ends with 4 when one cannot be reached, and says what to do', async () => {
    const more = operator.write('edge.yml', 'all: { hosts: { edge-1: { docker: "ssh://demo@127.0.0.1:1" } } }\n');

    const text = await operator.enforce('hosts', '--check', '-i', more);
    const json = await operator.enforce('hosts', '--check', '-i', more, '--json');

    expect([text.exitCode, json.exitCode]).toEqual([4, 4]);
    expect(text.stdout).toMatch(/edge-1 .*\n +error: nothing listens on .*\nhint: /);
    expect(JSON.parse(json.stdout)).toMatchObject({
      hosts: [
        { host: 'web-1', reachable: true, engine: 'Docker 20.10.24', api: '1.41', groups: ['all', 'shop'] },
        { host: 'web-2', reachable: true },
        { host: 'edge-1', reachable: false, because: expect.stringContaining('nothing listens') },
      ],
    });
  });
});

describe('which engine is meant', () => {
  test('without -i it is the one docker itself would talk to', async () => {
    const DOCKER_HOST = `unix://${fleet.engine('web-1').socketPath}`;

    const { exitCode, stdout } = await operator.run(['scan', '--json'], { environment: { DOCKER_HOST } });

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ hosts: [{ address: DOCKER_HOST, engine: { id: 'MEMO:web-1' } }] });
  });

  test('with -i DOCKER_HOST plays no part', async () => {
    const environment = { DOCKER_HOST: `unix://${fleet.engine('web-2').socketPath}`, DOCKER_CONTEXT: 'elsewhere' };

    const { stdout } = await operator.run(operator.words('scan', '-l', 'web-1', '--json'), { environment });

    expect(JSON.parse(stdout)).toMatchObject({ hosts: [{ host: 'web-1', engine: { id: 'MEMO:web-1' } }] });
    expect(fleet.engine('web-2').requests).toEqual([]);
  });
});

describe('colours', () => {
  test.each<[string, boolean, Readonly<Record<string, string>>, readonly string[], boolean]>([
    ['are on a terminal', true, {}, [], true],
    ['are not in a file or a pipe', false, {}, [], false],
    ['are not where NO_COLOR is set', true, { NO_COLOR: '1' }, [], false],
    ['are not with --no-color, whatever else', true, { FORCE_COLOR: '1' }, ['--no-color'], false],
    ['are not on a dumb terminal', true, { TERM: 'dumb' }, [], false],
    ['are wherever FORCE_COLOR is set', false, { FORCE_COLOR: '1' }, [], true],
    ['are not where FORCE_COLOR is 0', true, { FORCE_COLOR: '0' }, [], false],
  ])('%s', async (_where, isTerminal, environment, words, expected) => {
    const { stdout } = await operator.run(operator.words('plan', ...words), { isTerminal, environment });

    expect(stdout.includes('\u001b[')).toBe(expected);
  });

  test('are never in a document', async () => {
    const { stdout } = await operator.run(operator.words('plan', '--json'), { isTerminal: true });

    expect(stdout).not.toContain('\u001b');
  });
});
