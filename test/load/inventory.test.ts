import { describe, expect, test } from '@jest/globals';
import { addressText, type Host } from '../../src/model/inventory.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { inventoryOf } from '../support/inventory-of.ts';

describe('an inventory in YAML', () => {
  test('names hosts in order of appearance, with their groups and where they stand', async () => {
    const { hosts, warnings } = await inventoryOf(`
all:
  hosts:
    bastion:
  children:
    web:
      hosts:
        web-2:
        web-1: { docker: "ssh://deploy@web-1.example.com" }
    prod:
      children:
        web:
`);

    expect(hosts).toEqual([
      {
        name: 'bastion',
        address: { kind: 'ssh', hostName: 'bastion', become: false },
        groups: ['all'],
        source: 'hosts.yml:4',
      },
      {
        name: 'web-2',
        address: { kind: 'ssh', hostName: 'web-2', become: false },
        groups: ['all', 'prod', 'web'],
        source: 'hosts.yml:8',
      },
      {
        name: 'web-1',
        address: { kind: 'ssh', hostName: 'web-1.example.com', user: 'deploy', become: false },
        groups: ['all', 'prod', 'web'],
        source: 'hosts.yml:9',
      },
    ]);
    expect(warnings).toEqual([]);
  });

  test('may name its groups at the top', async () => {
    const { hosts } = await inventoryOf('web:\n  hosts: web-1\ndb:\n  hosts:\n    db-1:\nprod:\n  children: web\n');

    expect(hosts.map(({ name, groups }) => [name, groups])).toEqual([
      ['web-1', ['all', 'prod', 'web']],
      ['db-1', ['all', 'db']],
    ]);
  });

  test('is read as an Ansible inventory, with the spellings of every age and whatever else is in it', async () => {
    const { hosts } = await inventoryOf(`
---
all:
  vars: { ansible_python_interpreter: /usr/bin/python3, ntp: { peers: [a, b] }, ttl: 300, dns: 10.0.0.1, tags: [x] }
  hosts:
    web-1:
      ansible_host: 10.0.0.12
      ansible_user: deploy
      ansible_port: 2222
      ansible_ssh_private_key_file: ~/.ssh/deploy
      ansible_become: yes
      secret: !vault |
        $ANSIBLE_VAULT;1.1;AES256
        6162
      motd: "{{ inventory_hostname }}"
    web-2: { ansible_ssh_host: "fe80::7", ansible_ssh_user: root, ansible_ssh_port: "22", ansible_private_key_file: keys/id }
    here: { ansible_connection: local }
`);

    expect(hosts[0]?.address).toEqual({
      kind: 'ssh',
      hostName: '10.0.0.12',
      user: 'deploy',
      port: 2222,
      identityFile: '/home/ops/.ssh/deploy',
      become: true,
    });
    expect(hosts[1]?.address).toMatchObject({ hostName: 'fe80::7', user: 'root', port: 22 });
    expect(hosts[2]?.address).toEqual({ kind: 'unix', path: '/var/run/docker.sock' });
  });

  test('reads ranges of hosts as Ansible does', async () => {
    const { hosts } = await inventoryOf(
      'all:\n  hosts:\n    "web[08:10].example.com":\n    db-[a:c]:\n    n[0:4:2]:2222:\n',
    );

    expect(hosts.map(({ name }) => name)).toEqual([
      ...['web08.example.com', 'web09.example.com', 'web10.example.com'],
      ...['db-a', 'db-b', 'db-c'],
      ...['n0', 'n2', 'n4'],
    ]);
    expect(hosts.at(-1)?.address).toMatchObject({ port: 2222 });
  });

  test('reads anchors and merge keys', async () => {
    const { hosts } = await inventoryOf(`
web:
  hosts:
    web-1: &deploy { ansible_user: deploy, ansible_port: 2222 }
    web-2: *deploy
    web-3: { <<: *deploy, ansible_user: root }
`);

    expect(hosts.map(text)).toEqual([
      'web-1 ssh://deploy@web-1:2222',
      'web-2 ssh://deploy@web-2:2222',
      'web-3 ssh://root@web-3:2222',
    ]);
  });

  test.each([
    ['ssh://deploy@web-1.example.com', { kind: 'ssh', hostName: 'web-1.example.com', user: 'deploy', become: false }],
    ['ssh://web-1:2222/run/user/1000/docker.sock', { port: 2222, socketPath: '/run/user/1000/docker.sock' }],
    ['ssh://deploy@[2001:db8::7]:22', { hostName: '2001:db8::7', port: 22 }],
    ['unix:///run/docker.sock', { kind: 'unix', path: '/run/docker.sock' }],
  ])('takes %s for an address', async (docker, address) => {
    const { hosts } = await inventoryOf(`all:\n  hosts:\n    web-1: { docker: "${docker}" }\n`);

    expect(hosts[0]?.address).toMatchObject(address);
  });

  test('takes tcp:// with a folder of certificates, from home or beside the file', async () => {
    const { hosts } = await inventoryOf(`
edge:
  hosts:
    edge-1: { docker: "tcp://10.0.0.9:2377", tls: ~/.docker/edge }
    edge-2: { docker: "tcp://[2001:db8::9]", tls: certs }
`);

    expect(hosts[0]?.address).toEqual({
      kind: 'tcp',
      hostName: '10.0.0.9',
      port: 2377,
      tlsFolder: '/home/ops/.docker/edge',
    });
    expect(hosts[1]?.address).toMatchObject({
      hostName: '2001:db8::9',
      port: 2376,
      tlsFolder: expect.stringMatching(/^\/.*\/enforce-load-[^/]+\/certs$/) as unknown,
    });
  });

  test('fills what an ssh address leaves open from the variables beside it', async () => {
    const { hosts } = await inventoryOf(
      'all:\n  hosts:\n    web-1: { docker: "ssh://web-1.example.com", ansible_user: deploy, ansible_host: 10.0.0.1, become: true }\n',
    );

    expect(hosts[0]?.address).toEqual({ kind: 'ssh', hostName: 'web-1.example.com', user: 'deploy', become: true });
  });

  test('lets a group be reached by the ssh of the system, and a host of it by enforce itself', async () => {
    const { hosts } = await inventoryOf(
      'all:\n  hosts:\n    web-1:\n    web-2: { transport: built-in }\n    local: { docker: "unix:///run/docker.sock" }\n  vars: { transport: openssh }\n',
    );

    expect(hosts.map(({ address }) => address)).toEqual([
      { kind: 'ssh', hostName: 'web-1', become: false, transport: 'openssh' },
      { kind: 'ssh', hostName: 'web-2', become: false },
      { kind: 'unix', path: '/run/docker.sock' },
    ]);
  });

  test('warns of what it does not read, once, and of two names for one engine', async () => {
    const { warnings } = await inventoryOf(`
all:
  hosts:
    web-1: { ansible_ssh_common_args: -o ProxyJump=bastion }
    web-2: { ansible_ssh_common_args: -o ProxyJump=bastion, ansible_host: web-1 }
    win: { ansible_connection: winrm }
`);

    expect(warnings).toEqual([
      'hosts.yml:6: win has ansible_connection winrm, which enforce does not speak; ssh is used',
      'hosts.yml:4 (and 1 more): ansible_ssh_common_args is not read; put its options into ~/.ssh/config',
      'web-2 and web-1 have the same address, ssh://web-1',
    ]);
  });
});

function text({ name, address }: Host): string {
  return `${name} ${addressText(address)}`;
}

test.each([
  ['ssh://deploy@web-1,ssh://deploy@web-2', ['ssh://deploy@web-1', 'ssh://deploy@web-2']],
  ['ssh://root@10.0.0.11,', ['ssh://root@10.0.0.11']],
])('a list of addresses such as %s is read as a list', async (source, addresses) => {
  const surroundings = { environment: {}, homeFolder: '/home/demo', workingFolder: '/home/demo' };

  const { hosts } = await loadInventory([source], surroundings);

  expect(hosts.map(({ address }) => addressText(address))).toEqual(addresses);
});
