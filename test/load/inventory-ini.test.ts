import { describe, expect, test } from '@jest/globals';
import { addressText } from '../../src/model/inventory.ts';
import { inventoryOf } from '../support/inventory-of.ts';

describe('an inventory in INI', () => {
  test('has hosts, variables and groups of groups', async () => {
    const { hosts } = await inventoryOf(
      `# bastions first
bastion.example.com ansible_port=2222 ansible_user=ops   # on the edge

[web]
web[1:2] ansible_host=10.0.0.1
"web-3"  ansible_user='deploy' ansible_become=True motd="hello = world"
; the old one
[2001:db8::7]:2200
2001:db8::8

[prod:children]
web

[prod:vars]
ansible_user = "root"
ansible_ssh_private_key_file=/etc/keys/id # 7

[all:vars]
ansible_python_interpreter=/usr/bin/python3
`.replace('/etc/keys/id # 7', '/etc/keys/id'),
      'hosts',
    );

    expect(hosts.map(({ name, address, groups }) => `${name} ${addressText(address)} ${groups.join(' ')}`)).toEqual([
      'bastion.example.com ssh://ops@bastion.example.com:2222 all',
      'web1 ssh://root@10.0.0.1 all prod web',
      'web2 ssh://root@10.0.0.1 all prod web',
      'web-3 ssh://deploy@web-3 all prod web',
      '2001:db8::7 ssh://root@[2001:db8::7]:2200 all prod web',
      '2001:db8::8 ssh://root@[2001:db8::8] all prod web',
    ]);
    expect(hosts[3]?.address).toMatchObject({ become: true, identityFile: '/etc/keys/id' });
    expect(hosts[0]?.source).toBe('hosts:2');
  });

  test('takes the new key too', async () => {
    const { hosts } = await inventoryOf(
      'here docker=unix:///run/docker.sock\nedge docker=tcp://10.0.0.9:2376 tls=/etc/docker/edge\n',
      'hosts.ini',
    );

    expect(hosts.map(({ address }) => address)).toEqual([
      { kind: 'unix', path: '/run/docker.sock' },
      { kind: 'tcp', hostName: '10.0.0.9', port: 2376, tlsFolder: '/etc/docker/edge' },
    ]);
  });

  test('may have the same section twice', async () => {
    const { hosts } = await inventoryOf('[web]\r\nweb-1\r\n[db]\r\ndb-1\r\n[web]\r\nweb-2\r\n', 'hosts.ini');

    expect(hosts.filter(({ groups }) => groups.includes('web')).map(({ name }) => name)).toEqual(['web-1', 'web-2']);
  });

  test('is told from YAML by its first line that says something, whatever its name', async () => {
    const ini = await inventoryOf('# hosts\n[all]\nweb-1\n', 'production');
    const yaml = await inventoryOf('# hosts\nall:\n  hosts:\n    web-1:\n', 'production');
    const json = await inventoryOf('{"all": {"hosts": {"web-1": {}}}}', 'production');

    expect([ini, yaml, json].map(({ hosts }) => hosts[0]?.name)).toEqual(['web-1', 'web-1', 'web-1']);
  });
});
