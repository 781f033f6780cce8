import { describe, expect, test } from '@jest/globals';
import { BAD_INI_INVENTORIES } from '../support/bad-ini-inventories.ts';
import { BAD_YAML_INVENTORIES } from '../support/bad-yaml-inventories.ts';
import { failureOf } from '../support/failure-of.ts';
import { inventoryOf } from '../support/inventory-of.ts';

describe('an inventory that is wrong', () => {
  test.each(BAD_YAML_INVENTORIES)('YAML with %s is one error with its line', async (_, text, message) => {
    const failure = await failureOf(() => inventoryOf(text));

    expect({ code: failure.code, message: failure.message }).toEqual({ code: 'bad-inventory', message });
  });

  test.each(BAD_INI_INVENTORIES)('INI with %s is one error with its line', async (_, text, message) => {
    const failure = await failureOf(() => inventoryOf(text, 'hosts.ini'));

    expect({ code: failure.code, message: failure.message }).toEqual({ code: 'bad-inventory', message });
  });

  test('an alias bomb is counted, not written out', async () => {
    const levels = Array.from({ length: 30 }, (_, level) => `  v${level + 1}: &v${level + 1} [*v${level}, *v${level}]`);
    const bomb = `all:\n vars:\n  v0: &v0 [lol]\n${levels.join('\n')}\n`;

    const { message } = await failureOf(() => inventoryOf(bomb));

    expect(message).toMatch(
      /^hosts\.yml:\d+: all\.vars\.v\d+: aliases multiply to more than a million parts; expected/,
    );
  });

  test('a prototype in the variables of a host reaches nothing', async () => {
    const { hosts } = await inventoryOf('web-1 __proto__=x constructor=y\n', 'hosts.ini');

    expect(hosts[0]?.address).toEqual({ kind: 'ssh', hostName: 'web-1', become: false });
    expect({}).not.toHaveProperty('x');
  });

  test('a file of variables is judged like the inventory', async () => {
    const text = 'web:\n  hosts:\n    web-1:\n';

    const list = await failureOf(() => inventoryOf(text, 'hosts.yml', { 'group_vars/web.yml': '- a\n' }));
    const misspelt = await failureOf(() =>
      inventoryOf(text, 'hosts.yml', { 'host_vars/web-1.yml': '\nbecom: true\n' }),
    );

    expect(list.message).toBe('group_vars/web.yml:1: is a list; expected a mapping of variables');
    expect(misspelt.message).toBe('host_vars/web-1.yml:2: becom: is not a known key; expected become');
  });
});
