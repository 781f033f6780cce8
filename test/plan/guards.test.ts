import { describe, expect, test } from '@jest/globals';
import type { MachineFacts } from '../../src/model/machine.ts';
import type { ContainerConfig, Snapshot } from '../../src/model/snapshot.ts';
import { guardRecreate } from '../../src/plan/guards.ts';
import { aPlaybook } from '../support/a-playbook.ts';
import type { Deviations } from '../support/containers.ts';
import { container, idOf, snapshot, STOPPED } from '../support/containers.ts';
import { seen } from '../support/planned.ts';

const PLAYBOOK = aPlaybook();
const NOWHERE = { containerIds: [] };

test('nothing speaks against recreating an ordinary running container', () => {
  expect(guard({ details: seen() })).toBeUndefined();
});

describe('a container is not recreated', () => {
  test.each<readonly [string, Deviations, string, string]>([
    [
      'that stopping would delete',
      { HostConfig: { AutoRemove: true } },
      'it was started with --rm: stopping it deletes it and its anonymous volumes, so nothing could be put back',
      'start it without --rm',
    ],
    [
      'that a platform would bring back',
      { Config: { Labels: { 'coolify.managed': 'true', 'coolify.name': 'shop' } } },
      'Coolify created it (shop) and would bring the old one back with its next deployment',
      'change it there, for shop',
    ],
    [
      'that is dead',
      { State: { Dead: true, Status: 'dead', Running: false } },
      'the engine calls it dead',
      'docker rm',
    ],
    [
      'that keeps restarting',
      { State: { Restarting: true, Status: 'restarting' } },
      'it keeps restarting, so there is no working service to compare with',
      'mend it first',
    ],
    [
      'that is stopped and comes back at boot',
      { State: STOPPED, HostConfig: { RestartPolicy: { Name: 'always' } } },
      'its restart policy always would start it when the engine starts',
      'start it and plan again',
    ],
    [
      'that failed and is tried again at boot',
      { State: { ...STOPPED, ExitCode: 137 }, HostConfig: { RestartPolicy: { Name: 'on-failure' } } },
      'its restart policy on-failure would start it',
      'start it and plan again',
    ],
    [
      'that is being removed',
      { State: { Status: 'removing', Running: false } },
      'it does not run (removing)',
      'start it and plan again',
    ],
    [
      'that takes for ever to stop',
      { Config: { StopTimeout: -1 } },
      'Config.StopTimeout: it may take for ever to stop, and no change waits longer than an hour',
      'stop it by hand',
    ],
    [
      'that takes hours to stop',
      { Config: { StopTimeout: 7200 } },
      'Config.StopTimeout: it may take 7200 s to stop',
      'stop it by hand',
    ],
    [
      'that takes hours to start',
      { Config: { Healthcheck: { Test: ['CMD', 'true'], StartPeriod: 7_200_000_000_000 } } },
      'Config.Healthcheck.StartPeriod: it may take 7200 s to start',
      'recreate it by hand',
    ],
    [
      'that somebody is attached to',
      { Config: attached({ OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true }) },
      'somebody is attached to it (docker run -i)',
      'end the session',
    ],
    [
      'that a systemd unit may have made with docker run',
      { Config: attached({ AttachStdout: true, AttachStderr: true }) },
      'it was made without -d, so a systemd unit or a script may wait for it',
      'change the unit or script that makes it',
    ],
    [
      'whose image is gone',
      { details: seen({ image: null }) },
      `its image sha256:${idOf('nginx:1.25').slice(0, 12)} is gone from the engine, so it could not be created again`,
      'docker pull the image',
    ],
    [
      'whose volumes are gone',
      { details: seen({ missingVolumes: ['shop_data', 'shop_log'] }) },
      'the engine no longer has its volume shop_data, shop_log',
      'restore the volume first',
    ],
    [
      'that would lose a file',
      { details: seen({ changes: [{ path: '/srv/a', kind: 'added' }] }) },
      '1 file in the writable layer would be lost (/srv/a)',
      'containers.expendable',
    ],
    [
      'that would lose more files than can be named',
      { details: seen({ changes: ['/a', '/b', '/c', '/d'].map((path) => ({ path, kind: 'modified' })) }) },
      '4 files in the writable layer would be lost (/a, /b, /c, …)',
      'move them to a volume',
    ],
  ])('%s', (_sentence, deviations, because, hint) => {
    const blocked = guard({ details: seen(), ...deviations });

    expect(blocked).toEqual({ because: expect.stringContaining(because), hint: expect.stringContaining(hint) });
  });

  test('of which nothing but its inspect was read', () => {
    expect(guard({})).toMatchObject({ because: 'its image and writable layer were not read' });
  });

  test('that the playbook protects', () => {
    const playbook = aPlaybook({ containers: { ...PLAYBOOK.containers, protect: ['*-db', 'sh?p'] } });

    const blocked = guardRecreate(container('shop', { details: seen() }), snapshot([]), playbook, NOWHERE);

    expect(blocked).toMatchObject({ because: 'the playbook protects it (containers.protect: sh?p)' });
  });

  test.each<readonly [string, Deviations, Partial<MachineFacts>, string]>([
    [
      'that the host asks for names',
      { HostConfig: { PortBindings: { '53/udp': [{ HostIp: '', HostPort: '53' }] } } },
      { network: { known: true, value: { addresses: [], nameServers: ['127.0.0.1'] } } },
      'the host itself asks it for names',
    ],
    [
      'that manages others',
      { Config: { Image: 'louislam/dockge', Env: ['DOCKER_HOST=sha256:0a'] } },
      {},
      'it is Dockge, which itself starts, stops or removes containers',
    ],
    [
      'that a unit runs',
      {},
      { units: { known: true, value: [{ name: 'a.service', file: '/a.service', verb: 'run', container: 'shop' }] } },
      'a systemd unit created it (a.service) and would remove it and start the old one again as soon as it stops',
    ],
  ])('%s', (_sentence, deviations, machine, because) => {
    expect(guard({ details: seen(), ...deviations }, snapshot([], { machine }))?.because).toContain(because);
  });

  test('that another would start again while it is kept', () => {
    const tower = container('tower', { Config: { Image: 'containrrr/watchtower', Cmd: ['-S'] } });

    expect(guard({ details: seen() }, snapshot([tower]))?.because).toContain('tower (watchtower) also updates stopped');
  });

  test('behind the Docker socket of Podman', () => {
    const host = snapshot([], { engine: { ...snapshot([]).engine, kind: 'podman', version: '5.4.2' } });

    expect(guard({ details: seen() }, host)).toMatchObject({
      because: expect.stringContaining('the engine is Podman 5.4.2 behind a Docker socket'),
      hint: expect.stringContaining('quadlet'),
    });
  });
});

function guard(deviations: Deviations, host: Snapshot = snapshot([])) {
  return guardRecreate(container('shop', deviations), host, PLAYBOOK, NOWHERE);
}

/** Fields that only matter to who is attached. */
function attached(fields: Readonly<Record<string, boolean>>): Partial<ContainerConfig> {
  return fields;
}

describe('a container may be recreated', () => {
  test.each<[string, Deviations]>([
    ['that is paused', { State: { Paused: true, Status: 'paused' } }],
    ['that is stopped', { State: STOPPED, HostConfig: { RestartPolicy: { Name: 'unless-stopped' } } }],
    ['that ended well', { State: { ...STOPPED, ExitCode: 0 }, HostConfig: { RestartPolicy: { Name: 'on-failure' } } }],
    [
      'that never ran',
      { State: { Status: 'created', Running: false }, HostConfig: { RestartPolicy: { Name: 'always' } } },
    ],
    ['that compose made', { Config: { Labels: { 'com.docker.compose.project': 'shop' } } }],
  ])('%s', (_which, deviations) => {
    const shop = container('shop', { details: seen(), ...deviations });

    expect(guardRecreate(shop, snapshot([shop]), PLAYBOOK, NOWHERE)).toBeUndefined();
  });
});
