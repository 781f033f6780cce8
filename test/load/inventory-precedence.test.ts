import { describe, expect, test } from '@jest/globals';
import { addressText, type Inventory } from '../../src/model/inventory.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { failureOf } from '../support/failure-of.ts';
import { inventoryOf, surroundingsOf } from '../support/inventory-of.ts';

const NESTED = `
all:
  vars: { ansible_user: everyone, ansible_port: 2200 }
  children:
    prod:
      vars: { ansible_user: prod }
      children:
        web:
          vars: { ansible_user: web }
          hosts:
            web-1: { ansible_user: own }
            web-2:
            web-3:
      hosts:
        db-1:
  hosts:
    lone:
`;

describe('which variable of an inventory holds', () => {
  test('the host before its group, a group before those around it, all last', async () => {
    const inventory = await inventoryOf(NESTED);

    expect(addresses(inventory)).toEqual([
      'ssh://everyone@lone:2200',
      'ssh://prod@db-1:2200',
      'ssh://own@web-1:2200',
      'ssh://web@web-2:2200',
      'ssh://web@web-3:2200',
    ]);
  });

  test('host_vars before all, group_vars before what the inventory says of the same group', async () => {
    const inventory = await inventoryOf(NESTED, 'hosts.yml', {
      'host_vars/web-1.yml': 'ansible_user: file\n',
      'host_vars/web-2/connection.yml': '---\n# as the other team wants it\nansible_user: deep\n',
      'host_vars/unknown.yml': 'ansible_user: nobody\n',
      'group_vars/web': 'ansible_user: webfile\n',
      'group_vars/all.yaml': 'ansible_port: 2201\n',
      'group_vars/prod/empty.yml': '---\n',
    });

    expect(addresses(inventory)).toEqual([
      'ssh://everyone@lone:2201',
      'ssh://prod@db-1:2201',
      'ssh://file@web-1:2201',
      'ssh://deep@web-2:2201',
      'ssh://webfile@web-3:2201',
    ]);
  });

  test('a file of variables that is encrypted is passed over with a warning', async () => {
    const { warnings } = await inventoryOf(NESTED, 'hosts.yml', {
      'group_vars/all/vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
    });

    expect(warnings).toEqual([
      'group_vars/all/vault.yml: encrypted with ansible-vault and not read: a host, user or port set there is not seen',
    ]);
  });

  test('two groups that do not contain each other must agree', async () => {
    const disagreeing = `
web:
  vars: { ansible_user: deploy }
  hosts: { web-1: }
prod:
  vars:
    ansible_user: root
  hosts: { web-1: }
`;

    const { message } = await failureOf(() => inventoryOf(disagreeing));
    const agreeing = await inventoryOf(disagreeing.replace('root', 'deploy'));
    const decided = await inventoryOf(disagreeing.replace('{ web-1: }', '{ web-1: { ansible_user: admin } }'));

    expect(message).toBe(
      'hosts.yml:3: web.vars.ansible_user: gives web-1 "deploy", and hosts.yml:7 gives it "root"; expected one value (set it on the host)',
    );
    expect(addresses(agreeing)).toEqual(['ssh://deploy@web-1']);
    expect(addresses(decided)).toEqual(['ssh://admin@web-1']);
  });

  test('a host that two groups give different addresses is an error with both lines', async () => {
    const { message } = await failureOf(() =>
      inventoryOf('web:\n  hosts:\n    web-1: { docker: ssh://a }\nprod:\n  hosts:\n    web-1: { docker: ssh://b }\n'),
    );

    expect(message).toBe(
      'hosts.yml:3: web.hosts.web-1.docker: gives web-1 "ssh://a", and hosts.yml:6 gives it "ssh://b"; expected one value (set it on the host)',
    );
  });

  test('what a group inside says of a host is nearer than what the group around it says', async () => {
    const inventory = await inventoryOf(
      'prod:\n  hosts:\n    web-1: { ansible_port: 1 }\n  children:\n    web:\n      hosts:\n        web-1: { ansible_port: 2 }\n',
    );

    expect(addresses(inventory)).toEqual(['ssh://web-1:2']);
  });

  test('several sources make one inventory, and may not contradict each other', async () => {
    const surroundings = surroundingsOf({
      'a.yml': 'web:\n  hosts:\n    web-1: { ansible_user: deploy }\n',
      'b.ini': '[prod]\nweb-1\ndb-1\n',
      'c.ini': '[old]\nweb-1 ansible_user=root\n',
    });

    const both = await loadInventory(['a.yml', 'b.ini'], surroundings);
    const { message } = await failureOf(() => loadInventory(['b.ini', 'a.yml', 'c.ini'], surroundings));

    expect(both.hosts.map(({ name, groups }) => [name, groups])).toEqual([
      ['web-1', ['all', 'prod', 'web']],
      ['db-1', ['all', 'prod']],
    ]);
    expect(both.hosts[0]?.address).toMatchObject({ user: 'deploy' });
    expect(message).toContain('a.yml:3');
    expect(message).toContain('c.ini:2');
  });
});

function addresses({ hosts }: Inventory): readonly string[] {
  return hosts.map(({ address }) => addressText(address));
}
