import { expect, test } from '@jest/globals';
import { differences } from '../../src/apply/differences.ts';
import { keptHostname } from '../../src/apply/kept-hostname.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import type { Deviations } from '../support/containers.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { engineOfApi } from '../support/spec-of.ts';

const AUTOMATIC = idOf('web').slice(0, 12);
const SOCKET = { Type: 'bind', Source: '/run/user/1000/docker.sock', Destination: '/engine' };

test.each<[string, Deviations, string | undefined]>([
  ['an ordinary program keeps the name made of the id', {}, AUTOMATIC],
  ['one that has the engine’s socket gets a name of its own', { Mounts: [SOCKET] }, undefined],
  ['one that is told where an engine is as well', { Config: { Env: ['DOCKER_HOST=sha256:1a'] } }, undefined],
  ['but not when its name was chosen', { Mounts: [SOCKET], Config: { Hostname: 'agent' } }, 'agent'],
  [
    'one in the network of another has the other’s name',
    { HostConfig: { NetworkMode: 'container:c0ffee' } },
    undefined,
  ],
  ['one in the host’s UTS namespace the host’s', { HostConfig: { UTSMode: 'host' } }, undefined],
])('%s', (_sentence, deviations, expected) => {
  expect(keptHostname(inspectOf('web', deviations), engineOfApi())).toBe(expected);
});

test('is no difference where both names are made of the id, and one where the new one is not', () => {
  const old = inspectOf('web', { Mounts: [SOCKET] });
  const candidate = (Hostname: string): ContainerInspect => ({
    ...inspectOf('new', { Mounts: [SOCKET], Config: { Hostname } }),
    Image: old.Image,
  });

  expect(differences(old, candidate(idOf('new').slice(0, 12)), engineOfApi())).toEqual([]);
  expect(differences(old, candidate('somebody'), engineOfApi())).toEqual(['Config.Hostname']);
});
