import { describe, expect, test } from '@jest/globals';
import type { ContainerConfig } from '../../src/model/snapshot.ts';
import { revived } from '../../src/plan/revivers.ts';
import { digestOf } from '../../src/scan/digest-of.ts';
import type { Deviations } from '../support/containers.ts';
import { container, snapshot, STOPPED } from '../support/containers.ts';

const UNHEALTHY: Deviations = { State: { Health: { Status: 'unhealthy' } } };

describe('a container is left alone while watchtower', () => {
  test.each<readonly [string, Partial<ContainerConfig>]>([
    ['includes stopped ones', { Image: 'containrrr/watchtower', Cmd: ['--include-stopped'] }],
    ['starts stopped ones', { Image: 'containrrr/watchtower', Cmd: ['--cleanup', '--revive-stopped=true'] }],
    ['includes them in short', { Image: 'containrrr/watchtower', Cmd: ['-cS'] }],
    [
      'includes them by its environment',
      { Image: 'containrrr/watchtower', Env: [`WATCHTOWER_INCLUDE_STOPPED=${digestOf('true')}`] },
    ],
    [
      'is only told by its label',
      { Image: 'mirror/w:1', Labels: { 'com.centurylinklabs.watchtower': 'true' }, Cmd: ['--revive-stopped'] },
    ],
  ])('%s', (_how, Config) => {
    const web = container('web');

    const blocked = revived(web, snapshot([container('tower', { Config }), web]));

    expect(blocked).toMatchObject({
      because: expect.stringContaining('tower (watchtower) also updates stopped containers'),
      hint: expect.stringContaining('docker stop tower'),
    });
  });

  test.each<readonly [string, Deviations, Deviations]>([
    ['looks at running ones only', { Config: { Image: 'containrrr/watchtower', Cmd: ['--cleanup', '-c'] } }, {}],
    [
      'has it switched off',
      { Config: { Image: 'containrrr/watchtower', Env: [`WATCHTOWER_INCLUDE_STOPPED=${digestOf('false')}`] } },
      {},
    ],
    ['does not run', { State: STOPPED, Config: { Image: 'containrrr/watchtower', Cmd: ['--include-stopped'] } }, {}],
    [
      'is told to leave it out',
      { Config: { Image: 'containrrr/watchtower', Cmd: ['--include-stopped'] } },
      { Config: { Labels: { 'com.centurylinklabs.watchtower.enable': 'false' } } },
    ],
  ])('but not where it %s', (_why, tower, deviations) => {
    const web = container('web', deviations);

    expect(revived(web, snapshot([container('tower', tower), web]))).toBeUndefined();
  });
});

describe('autoheal', () => {
  const AUTOHEAL: Deviations = { Config: { Image: 'willfarrell/autoheal:1.2.0' } };
  const ANY: Deviations = {
    Config: { Image: 'willfarrell/autoheal', Env: [`AUTOHEAL_CONTAINER_LABEL=${digestOf('all')}`] },
  };

  test.each<readonly [string, Deviations, Deviations]>([
    ['with its label', AUTOHEAL, { ...UNHEALTHY, Config: { Labels: { autoheal: 'true' } } }],
    ['whatever its labels', ANY, UNHEALTHY],
  ])('could start again what is unhealthy, %s', (_how, healer, deviations) => {
    const web = container('web', deviations);

    expect(revived(web, snapshot([container('healer', healer), web]))?.because).toContain('healer (autoheal) restarts');
  });

  test.each<readonly [string, Deviations, Deviations]>([
    ['what is healthy', ANY, { State: { Health: { Status: 'healthy' } } }],
    ['what does not bear its label', AUTOHEAL, UNHEALTHY],
  ])('never touches %s', (_what, healer, deviations) => {
    const web = container('web', deviations);

    expect(revived(web, snapshot([container('healer', healer), web]))).toBeUndefined();
  });
});
