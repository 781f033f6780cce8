import { expect, test } from '@jest/globals';
import type { Deviations } from '../support/containers.ts';
import { inspectOf, STOPPED } from '../support/containers.ts';
import { engineOfApi, specOf } from '../support/spec-of.ts';

const PortBindings = {
  '80': [{ HostIp: '', HostPort: '8080' }],
  '81/tcp': [{ HostIp: '', HostPort: '8081' }],
  '82/tcp': [],
  '83/tcp': null,
};
const Ports = { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '82/tcp': null };

test.each<[string, string, Deviations, readonly string[]]>([
  ['that publish nothing are left out where the engine would bring them to life', '1.52', {}, ['80']],
  ['that are there at all are sent where it would not', '1.51', {}, ['80', '81/tcp']],
  ['are all sent where nothing can be told from what runs', '1.52', { State: STOPPED }, Object.keys(PortBindings)],
  [
    'are all sent where the engine never acts on them',
    '1.52',
    { HostConfig: { NetworkMode: 'host', PortBindings } },
    Object.keys(PortBindings),
  ],
])('bindings %s', (_sentence, apiVersion, deviations, sent) => {
  const web = inspectOf('web', { HostConfig: { PortBindings }, NetworkSettings: { Ports }, ...deviations });

  const { HostConfig } = specOf(web, { engine: engineOfApi(apiVersion) });

  expect(Object.keys(HostConfig['PortBindings'] as object).toSorted()).toEqual(sent);
});
