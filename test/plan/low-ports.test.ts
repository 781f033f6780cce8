import { describe, expect, test } from '@jest/globals';
import type { ListeningSocket, RuntimeFacts } from '../../src/model/runtime.ts';
import type { HostConfig } from '../../src/model/snapshot.ts';
import { lowPorts } from '../../src/plan/low-ports.ts';
import { aRuntime, unknownRuntime } from '../support/a-runtime.ts';
import { container, snapshot } from '../support/containers.ts';

const { engine } = snapshot([]);
const WEB: ListeningSocket = { protocol: 'tcp', ip: '0.0.0.0', port: 80 };
const APP: ListeningSocket = { protocol: 'tcp', ip: '::', port: 8080 };

describe('the right to low ports', () => {
  test.each<[string, RuntimeFacts, HostConfig, string]>([
    ['is not needed where every port is free', aRuntime({ listeners: [WEB] }), {}, 'refuted'],
    [
      'is needed at a port below the first free one',
      aRuntime({ listeners: [WEB, APP], firstFreePort: 1024 }),
      {},
      'configuration',
    ],
    ['is not needed at that port', aRuntime({ listeners: [WEB], firstFreePort: 80 }), {}, 'refuted'],
    ['is not needed above', aRuntime({ listeners: [APP], firstFreePort: 1024 }), {}, 'refuted'],
    [
      'may be needed where it is set up for a low port',
      aRuntime({ listeners: [APP], firstFreePort: 1024 }),
      { PortBindings: { '80/tcp': null } },
      'latent',
    ],
    [
      'is needed where nobody knows at what it listens',
      { ...aRuntime({ firstFreePort: 1024 }), listeners: { known: false, because: 'no shell' } },
      {},
      'configuration',
    ],
    ['is not needed in a network of its own, as the engine sets that up', unknownRuntime('no shell'), {}, 'refuted'],
    [
      'is needed where its sysctl takes that back',
      unknownRuntime('no shell'),
      { Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '1024' } },
      'configuration',
    ],
    [
      'is needed in the host’s network when it listens low, whatever is not known',
      { ...unknownRuntime('no shell'), listeners: { known: true, value: [WEB] } },
      { NetworkMode: 'host' },
      'configuration',
    ],
    [
      'is not refuted in another’s network by what it listens at now',
      { ...unknownRuntime('no shell'), listeners: { known: true, value: [APP] } },
      { NetworkMode: 'container:abc' },
      'latent',
    ],
    [
      'goes by what was read, before what was asked for',
      aRuntime({ listeners: [WEB], firstFreePort: 0 }),
      { Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '1024' } },
      'refuted',
    ],
  ])('%s', (_sentence, runtime, hostConfig, kind) => {
    expect(evidence(runtime, hostConfig)).toMatchObject({ capability: 'NET_BIND_SERVICE', class: kind });
  });

  test('is needed under engines before 20.10, which leave the kernel as it is', () => {
    const older = { ...engine, apiVersion: '1.40' };

    expect(
      lowPorts(withRuntime({ ...unknownRuntime('no shell'), listeners: { known: true, value: [WEB] } }), older),
    ).toMatchObject({
      class: 'configuration',
      because: 'it listens at 80/tcp; in its network ports below 1024 need it',
    });
  });
});

function evidence(runtime: RuntimeFacts, hostConfig: HostConfig) {
  return lowPorts(withRuntime(runtime, hostConfig), engine);
}

function withRuntime(runtime: RuntimeFacts, HostConfig: HostConfig = {}) {
  const details = { image: null, namedImageId: null, changes: [], missingVolumes: [], networks: [], hostPaths: [] };
  return container('web', { HostConfig, details: { ...details, runtime } });
}
