import { describe, expect, test } from '@jest/globals';
import { innerPorts } from '../../src/apply/inner-ports.ts';
import { inspectOf, snapshot } from '../support/containers.ts';

const ENGINE_FACTS = snapshot([]).engine;
const BRIDGED = inspectOf('mail', {
  NetworkSettings: {
    Ports: { '25/tcp': [{ HostIp: '0.0.0.0', HostPort: '2525' }], '143/tcp': null },
    Networks: { none: { IPAddress: '' }, bridge: { IPAddress: '172.17.0.2' } },
  },
});

describe('the inner ports of a container', () => {
  test('are the open TCP ports that it does not publish, at its own address', () => {
    expect(innerPorts(['25/tcp', '143/tcp', '53/udp'], BRIDGED, ENGINE_FACTS)).toEqual([
      { containerPort: '143/tcp', ip: '172.17.0.2', port: 143 },
    ]);
  });

  test('are those of its host where it shares its network', () => {
    const hosted = inspectOf('mail', { HostConfig: { NetworkMode: 'host' } });

    expect(innerPorts(['143/tcp'], hosted, ENGINE_FACTS)).toEqual([
      { containerPort: '143/tcp', ip: '127.0.0.1', port: 143 },
    ]);
  });

  test('are none where it has no address, or one that only a rootless engine knows', () => {
    const rootless = { securityOptions: ['name=seccomp,profile=default', 'name=rootless'] };

    expect(innerPorts(['143/tcp'], inspectOf('mail', { NetworkSettings: { Networks: {} } }), ENGINE_FACTS)).toEqual([]);
    expect(innerPorts(['143/tcp'], BRIDGED, rootless)).toEqual([]);
  });

  test('are the first of very many', () => {
    const many = Array.from({ length: 100 }, (_, index) => `${1000 + index}/tcp`);

    expect(innerPorts(many, BRIDGED, ENGINE_FACTS)).toHaveLength(16);
  });
});
