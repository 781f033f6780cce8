import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet } from '../support/shop-fleet.ts';

describe('input that a person must mend', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    serve(fleet.engine('web-1'), 'web', 80);
    operator = operatorOf(fleet);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test.each<[string, string, readonly string[], string, string]>([
    [
      'an unknown key of an inventory',
      'hosts.yml',
      ['-i'],
      'all:\n  hosts:\n    web-1: { dokcer: x }\n',
      'hosts.yml:3',
    ],
    ['a tab in an inventory', 'hosts.yml', ['-i'], 'all:\n\thosts:\n', 'hosts.yml:2'],
    ['an unknown key of a playbook', 'p.yml', ['-p'], 'name: x\nruels: {}\n', 'p.yml:2'],
    ['a wrong type in a playbook', 'p.yml', ['-p'], 'rules: { privileged-host-port: { map: 3 } }\n', 'p.yml:1'],
    ['an unknown rule of a playbook', 'p.yml', ['-p'], 'name: x\nrules:\n  no-root: {}\n', 'p.yml:3'],
    ['an incomplete exception', 'e.yml', ['-e'], '- rule: linux-capabilities\n  match: { host: a }\n', 'e.yml:1'],
    ['an unknown key of an exception', 'e.yml', ['-e'], '- rule: linux-capabilities\n  until: x\n', 'e.yml:2'],
  ])('%s ends every command with 1, the file and the line', async (_what, name, flag, text, place) => {
    const file = operator.write(name, text);

    const ended = [
      await operator.enforce('scan', ...flag, file),
      await operator.enforce('plan', ...flag, file),
      await operator.enforce('apply', ...flag, file, '--yes'),
    ];

    for (const { exitCode, stdout, stderr } of ended) {
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error: /);
      expect(stderr).toContain(`${place}: `);
    }
    expect(untouched()).toBe(true);
  });

  test('a container that no host has is a mistake, not a clean result', async () => {
    const { exitCode, stdout, stderr } = await operator.enforce('scan', '--container', 'shpo');

    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: no container matches "shpo"\nhint: {2}there are /);
  });

  test('a scan that is not there ends with 1 and says so', async () => {
    const { exitCode, stderr } = await operator.run(['plan', '--from', '/nowhere/scan.json']);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/scan\.json cannot be read/);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['an inventory that is not there', ['scan', '-i', '/nowhere/hosts.yml'], /\/nowhere\/hosts\.yml/],
    ['a playbook that is not there', ['scan', '-p', '/nowhere/p.yml'], /\/nowhere\/p\.yml/],
    ['exceptions that are not there', ['apply', '--yes', '-e', '/nowhere/e.yml'], /\/nowhere\/e\.yml/],
    ['a plan that is not there', ['apply', '--yes', '/nowhere/plan.json'], /plan\.json cannot be read/],
    [
      'a saved scan beside an inventory',
      ['plan', '--from', '/nowhere/scan.json'],
      /--from reads the hosts from the saved scan/,
    ],
    ['a limit that matches nothing', ['scan', '-l', 'web-9'], /web-9/],
    ['an unknown flag', ['scan', '--frce'], /unknown option '--frce'/],
    ['an unknown command', ['scann'], /unknown command 'scann'/],
    ['an unknown rule', ['scan', '--rule', 'no-root'], /Known rules: privileged-host-port/],
    ['a number that is none', ['scan', '-c', 'many'], /whole number/],
    ['a word too many', ['scan', 'web-1'], /too many arguments/],
    ['a rule there is nothing to explain of', ['explain', 'privileged-host-prt'], /did you mean privileged-host-port/],
    ['a schema there is none of', ['config', '--schema', 'plan'], /playbook, exceptions/],
    ['a run that never was', ['status', 'abcd'], /there is no run "abcd"/],
  ])('%s ends with 1 and says so', async (_what, [command = '', ...words], said) => {
    const takesHosts = !['scann', 'explain', 'config'].includes(command);

    const { exitCode, stdout, stderr } = await (takesHosts
      ? operator.enforce(command, ...words)
      : operator.run([command, ...words]));

    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(said);
    expect(untouched()).toBe(true);
  });

  test.each([
    ['a plan', 'apply'],
    ['a scan', 'plan'],
  ])('%s that is not what enforce wrote ends with 1 and the file', async (_what, command) => {
    const file = operator.write('saved.json', '{ "changes": [] }');

    const { exitCode, stderr } = await (command === 'apply'
      ? operator.enforce('apply', '--yes', file)
      : operator.run(['plan', '--from', file]));

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: .*saved\.json/);
    expect(untouched()).toBe(true);
  });

  test('a rule the playbook does not enforce is not silently looked for in vain', async () => {
    const { exitCode, stderr } = await operator.enforce('scan', '--rule', 'host-network-privileged-listener');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('does not enforce host-network-privileged-listener');
    expect(untouched()).toBe(true);
  });

  test('nobody has to be reached to be told what is wrong, and no run is recorded', async () => {
    await operator.enforce('apply', '--yes', '-p', operator.write('p.yml', 'rules: 1\n'));

    expect(() => operator.journals()).toThrow('ENOENT');
  });

  function untouched(): boolean {
    return fleet.hosts.get('web-1')?.connections() === 0;
  }
});
