import { describe, expect, test } from '@jest/globals';
import { configurationNeeds, isNonRoot } from '../../src/plan/configuration-needs.ts';
import type { Deviations } from '../support/containers.ts';
import { container } from '../support/containers.ts';

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

  test('which its init, being root, needs KILL to end', () => {
    const Config = { Entrypoint: ['gosu', 'www', 'node'] };

    expect(needs({ Config, HostConfig: { Init: true } })).toEqual(['SETGID', 'SETUID', 'KILL']);
    expect(needs({ Config: { ...Config, User: 'www' }, HostConfig: { Init: true } })).not.toContain('KILL');
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

function needs(deviations: Deviations): readonly string[] {
  return configurationNeeds(container('web', deviations)).map(({ capability }) => capability);
}
