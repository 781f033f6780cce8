import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { addressText } from '../../src/model/inventory.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import type { Surroundings } from '../../src/load/surroundings.ts';
import { failureOf } from '../support/failure-of.ts';
import { surroundingsOf } from '../support/inventory-of.ts';

describe('hosts given on the command line', () => {
  test.each([
    ['web-1,', ['web-1 ssh://web-1']],
    ['web-1, web-2:2222,', ['web-1 ssh://web-1', 'web-2 ssh://web-2:2222']],
    [
      'deploy@web-1,10.0.0.7,[2001:db8::7]:22',
      ['web-1 ssh://deploy@web-1', '10.0.0.7 ssh://10.0.0.7', '2001:db8::7 ssh://[2001:db8::7]:22'],
    ],
    ['web-[1:2],unix:///run/docker.sock', ['web-1 ssh://web-1', 'web-2 ssh://web-2', 'local unix:///run/docker.sock']],
    [
      'ssh://deploy@web-1.example.com:22/run/docker.sock',
      ['web-1.example.com ssh://deploy@web-1.example.com:22/run/docker.sock'],
    ],
    ['unix:///run/user/1000/docker.sock', ['local unix:///run/user/1000/docker.sock']],
  ])('%s', async (source, expected) => {
    const { hosts } = await loadInventory([source], surroundingsOf({}));

    expect(hosts.map(({ name, address }) => `${name} ${addressText(address)}`)).toEqual(expected);
    expect(hosts.every((host) => host.source === undefined && host.groups.join() === 'all')).toBe(true);
  });

  test('tcp:// takes its certificates from the environment, as docker does', async () => {
    const named = await loadInventory(['tcp://10.0.0.9'], surroundingsOf({}, { DOCKER_CERT_PATH: '/certs' }));
    const verified = await loadInventory(['tcp://10.0.0.9:2375'], surroundingsOf({}, { DOCKER_TLS_VERIFY: '1' }));

    expect(named.hosts[0]).toMatchObject({ name: '10.0.0.9', address: { port: 2376, tlsFolder: '/certs' } });
    expect(verified.hosts[0]?.address).toMatchObject({ port: 2375, tlsFolder: '/home/ops/.docker' });
  });

  test('tcp:// in a file takes nothing from the environment', async () => {
    const surroundings = surroundingsOf({ hosts: 'web-1 docker=tcp://10.0.0.9\n' }, { DOCKER_CERT_PATH: '/certs' });

    const { message } = await failureOf(() => loadInventory(['hosts'], surroundings));

    expect(message).toContain('hosts:1: web-1.docker: tcp:// without certificates');
  });

  test('two addresses cannot share a name', async () => {
    const { message } = await failureOf(() => loadInventory(['ssh://a@web-1', 'ssh://b@web-1'], surroundingsOf({})));

    expect(message).toContain(
      '--inventory ssh://a@web-1: gives web-1 "ssh://a@web-1", and --inventory ssh://b@web-1 gives it',
    );
  });

  test.each([
    ['', '--inventory : is empty; expected a file, a directory, host1,host2, or an address'],
    ['web-1', 'web-1: no such file or directory; expected an inventory or an address'],
    ['hosts/inner', 'hosts/inner: no such file or directory; expected an inventory or an address'],
    [
      '-web,',
      '--inventory -web,: -web: is not a name for a host; expected letters, digits, . _ + - or an IPv6 address',
    ],
    [
      'tcp://10.0.0.9',
      '--inventory tcp://10.0.0.9: tcp:// without certificates is root on the host for anyone on the network; expected tls: FOLDER with ca.pem, cert.pem and key.pem (on the command line: DOCKER_CERT_PATH)',
    ],
    [
      'ssh://a:b@web-1',
      '--inventory ssh://…@web-1: the address holds a password, which is never read from an address; expected ssh://USER@HOST:PORT/PATH',
    ],
    [
      'http://10.0.0.9',
      '--inventory http://10.0.0.9: "http://10.0.0.9" is not an address; expected ssh://USER@HOST, tcp://HOST:2376, unix:///PATH or context:NAME',
    ],
  ])('%s is an error', async (source, message) => {
    const failure = await failureOf(() => loadInventory([source], surroundingsOf({ hosts: 'web-1\n' })));

    expect({ code: failure.code, message: failure.message }).toEqual({ code: 'bad-inventory', message });
  });

  test('a name that is no file hints at the comma', async () => {
    const { hint } = await failureOf(() => loadInventory(['web-1'], surroundingsOf({})));

    expect(hint).toBe('a host by its name ends in a comma: --inventory web-1,');
  });
});

describe('an inventory that is a directory', () => {
  test('is merged in the order of its names, with its variables, without what is no inventory', async () => {
    const surroundings = surroundingsOf({
      'prod/20-db.ini': '[db]\ndb-1\n',
      'prod/10-web.yml': 'web:\n  hosts: { web-1: }\n',
      'prod/30-more/edge': 'edge-1\n',
      'prod/group_vars/web.yml': 'ansible_user: deploy\n',
      'prod/host_vars/db-1.yml': 'ansible_port: 2222\n',
      'prod/README.md': '# hosts\n',
      'prod/.hidden.yml': '[',
      'prod/10-web.yml~': '[',
    });

    const { hosts } = await loadInventory(['prod'], surroundings);

    expect(hosts.map(({ address, source }) => `${addressText(address)} ${source ?? ''}`)).toEqual([
      'ssh://deploy@web-1 prod/10-web.yml:2',
      'ssh://db-1:2222 prod/20-db.ini:2',
      'ssh://edge-1 prod/30-more/edge:1',
    ]);
  });

  test('must hold an inventory', async () => {
    const { message } = await failureOf(() => loadInventory(['prod'], surroundingsOf({ 'prod/README.md': '' })));

    expect(message).toBe('prod: holds no inventory; expected at least one file');
  });
});

describe('without an inventory', () => {
  const LAB = context('lab', 'tcp://10.0.0.9:2376');
  const EDGE = context('edge', 'ssh://deploy@edge-1.example.com');

  test.each<[string, Surroundings['environment'], string, string]>([
    ['the local socket', {}, 'local', 'unix:///var/run/docker.sock'],
    ['DOCKER_HOST', { DOCKER_HOST: 'ssh://deploy@web-1' }, 'web-1', 'ssh://deploy@web-1'],
    [
      'DOCKER_HOST before DOCKER_CONTEXT',
      { DOCKER_HOST: 'ssh://web-1', DOCKER_CONTEXT: 'edge' },
      'web-1',
      'ssh://web-1',
    ],
    ['DOCKER_CONTEXT', { DOCKER_HOST: '', DOCKER_CONTEXT: 'edge' }, 'edge', 'ssh://deploy@edge-1.example.com'],
    ['the default context', { DOCKER_CONTEXT: 'default' }, 'default', 'unix:///var/run/docker.sock'],
  ])('the engine is that of %s', async (_, environment, name, address) => {
    const { hosts } = await loadInventory([], surroundingsOf(EDGE, { DOCKER_CONFIG: 'docker', ...environment }));

    expect(hosts.map((host) => `${host.name} ${addressText(host.address)}`)).toEqual([`${name} ${address}`]);
  });

  test('the engine is that of the current context, with the certificates that came with it', async () => {
    const id = createHash('sha256').update('lab').digest('hex');
    const files = {
      ...LAB,
      [`docker/contexts/tls/${id}/docker/ca.pem`]: '',
      'docker/config.json': '{"currentContext":"lab"}',
    };
    const surroundings = surroundingsOf(files, { DOCKER_CONFIG: 'docker' });

    const { hosts } = await loadInventory([], surroundings);
    const named = await loadInventory(['context:lab'], surroundings);

    expect(hosts).toEqual([
      {
        name: 'lab',
        address: {
          kind: 'tcp',
          hostName: '10.0.0.9',
          port: 2376,
          tlsFolder: join(surroundings.workingFolder, 'docker/contexts/tls', id, 'docker'),
        },
        groups: ['all'],
      },
    ]);
    expect(named.hosts).toEqual(hosts);
  });

  test.each<[string, Readonly<Record<string, string>>, Surroundings['environment'], RegExp]>([
    [
      'a context without certificates',
      LAB,
      { DOCKER_CONTEXT: 'lab' },
      /^DOCKER_CONTEXT: tcp:\/\/ without certificates/,
    ],
    [
      'a context that trusts anyone',
      context('lab', 'tcp://h', true),
      { DOCKER_CONTEXT: 'lab' },
      /does not verify the engine/,
    ],
    ['a context without engine', { [metaOf('lab')]: '{}' }, { DOCKER_CONTEXT: 'lab' }, /lab has no engine/],
    [
      'a context for Windows',
      context('lab', 'npipe://x'),
      { DOCKER_CONTEXT: 'lab' },
      /^DOCKER_CONTEXT: the address of the docker context lab is not an address/,
    ],
    ['a context that is gone', {}, { DOCKER_CONTEXT: 'lab' }, /^DOCKER_CONTEXT: there is no docker context lab/],
    ['a host without scheme', {}, { DOCKER_HOST: 'web-1' }, /^DOCKER_HOST: "web-1" is not an address/],
    ['settings that are no JSON', { 'docker/config.json': '{' }, {}, /config\.json: is not a configuration of docker/],
  ])('%s is an error', async (_, files, environment, message) => {
    const surroundings = surroundingsOf(files, { DOCKER_CONFIG: 'docker', ...environment });

    const failure = await failureOf(() => loadInventory([], surroundings));

    expect(failure.code).toBe('bad-inventory');
    expect(failure.message).toMatch(message);
  });
});

function context(name: string, host: string, unverified = false): Readonly<Record<string, string>> {
  const endpoint = { Host: host, SkipTLSVerify: unverified };
  return { [metaOf(name)]: JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: endpoint } }) };
}

function metaOf(name: string): string {
  return `docker/contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`;
}
