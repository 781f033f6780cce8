import { describe, expect, test } from '@jest/globals';
import type { EngineFacts } from '../../src/model/snapshot.ts';
import { configurationNeeds, isNonRoot } from '../../src/plan/configuration-needs.ts';
import type { Deviations } from '../support/containers.ts';
import { container, snapshot } from '../support/containers.ts';

const { engine } = snapshot([]);

describe('a configuration shows that NET_BIND_SERVICE is needed', () => {
  test.each<readonly [string, Deviations, string]>([
    ['in the host network', { HostConfig: { NetworkMode: 'host' } }, '1.51'],
    ['in the network of another container', { HostConfig: { NetworkMode: 'container:3f1c' } }, '1.51'],
    [
      'where a sysctl takes low ports back',
      { HostConfig: { Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '1024' } } },
      '1.51',
    ],
    ['on an engine before 20.10', {}, '1.40'],
    ['on a much older engine', {}, '1.24'],
  ])('%s', (_sentence, deviations, apiVersion) => {
    expect(needs(deviations, { ...engine, apiVersion })).toEqual(['NET_BIND_SERVICE']);
  });

  test.each<readonly [string, Deviations]>([
    ['on the default network', { HostConfig: { NetworkMode: 'default' } }],
    ['on a network of its own', { HostConfig: { NetworkMode: 'shop_backend' } }],
    ['without a network', { HostConfig: { NetworkMode: 'none' } }],
    ['where a sysctl frees low ports', { HostConfig: { Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' } } }],
  ])('and that it is not %s since 20.10', (_sentence, deviations) => {
    expect(needs(deviations)).toEqual([]);
  });
});

describe('a command line shows that a container changes user', () => {
  test.each<readonly [string, readonly string[] | null, readonly string[] | null]>([
    ['with gosu', ['gosu', 'www', 'node'], null],
    ['with su-exec of a full path', ['/sbin/su-exec', 'www'], ['node']],
    ['within a line of shell', ['sh', '-c', 'chown -R www /data && exec setpriv --reuid=www node'], null],
    ['by its command', null, ['sudo', '-u', 'www', 'node']],
  ])('%s', (_sentence, Entrypoint, Cmd) => {
    expect(needs({ Config: { Entrypoint, Cmd } })).toEqual(['SETGID', 'SETUID']);
  });

  test('by s6-overlay, also where its user is not root', () => {
    expect(needs({ Config: { Entrypoint: ['/init'], User: '1000' } })).toEqual(['CHOWN', 'SETGID', 'SETUID']);
  });

  test.each([['sumo'], ['/app/issue'], ['sh -c supervisord']])('but not with %j', (...Cmd) => {
    expect(needs({ Config: { Entrypoint: null, Cmd } })).toEqual([]);
  });
});

describe('a user', () => {
  test.each(['', 'root', '0', '00', 'root:www', '0:1000', ':1000'])('%j is root', (User) => {
    expect(isNonRoot(container('web', { Config: { User } }))).toBe(false);
  });

  test.each(['1000', '1000:0', 'www', 'www:root', '10'])('%j is not', (User) => {
    expect(isNonRoot(container('web', { Config: { User } }))).toBe(true);
  });
});

function needs(deviations: Deviations, on: EngineFacts = engine): readonly string[] {
  return [...configurationNeeds(container('web', deviations), on).keys()];
}
