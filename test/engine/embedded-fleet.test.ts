import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Host } from '../../src/model/inventory.ts';
import { machineFacts } from '../../src/scan/machine-facts.ts';
import { machineScript } from '../../src/scan/machine-script.ts';
import { openConnection } from '../../src/transport/connect.ts';
import type { Connection } from '../../src/transport/connection.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { embeddedFleet } from '../support/embedded-fleet.ts';
import { mailImage, nginxImage } from '../support/memory-engine/images.ts';

describe('a host of the embedded fleet', () => {
  let fleet: EmbeddedFleet;
  let connection: Connection;
  beforeEach(async () => {
    fleet = await embeddedFleet([
      { name: 'web-1', group: 'web', images: [nginxImage(), mailImage()] },
      { name: 'edge-1', group: 'edge' },
    ]);
    connection = await open(fleet, 'web-1');
  });
  afterEach(async () => {
    await connection.close();
    await fleet.close();
  });

  test('is reached through real ssh, as a host of its own', async () => {
    const other = await open(fleet, 'edge-1');

    const names = await Promise.all(
      [connection, other].map(async (way) => (await (await connectEngine(way)).facts()).name),
    );
    await other.close();

    expect(connection.way).toBe('ssh, forwarded socket');
    expect(names).toEqual(['web-1', 'edge-1']);
  });

  test('is in the inventory by name, group and address', async () => {
    const written = await readFile(fleet.inventoryFile, 'utf8');

    expect(written).toContain(`web-1: { docker: "ssh://demo@127.0.0.1:${fleet.hosts.get('web-1')?.port ?? 0}" }`);
    expect(written).toMatch(/^ {4}edge:$/m);
  });

  test('answers on published ports with what the program says', async () => {
    publish('web', 'nginx:1.25', '80');
    publish('mail', 'acme/mail-relay:3', '25');

    const page = await connection.openTcp('0.0.0.0', 80, signal());
    page.end('GET / HTTP/1.0\r\n\r\n');
    const mail = await connection.openTcp('127.0.0.1', 25, signal());
    mail.end();

    expect(await text(page)).toContain('200 OK');
    expect(await text(mail)).toBe('220 mail.example.com ESMTP\r\n');
  });

  test('hangs up on a published port nobody listens behind, and refuses one nobody published', async () => {
    fleet.engine('web-1').run('web', {
      Image: 'nginx:1.25',
      ExposedPorts: { '9/tcp': {} },
      HostConfig: { PortBindings: { '9/tcp': [{ HostPort: '8009' }] } },
    });

    const silent = await connection.openTcp('127.0.0.1', 8009, signal());

    expect(await text(silent)).toBe('');
    await expect(connection.openTcp('127.0.0.1', 8010, signal())).rejects.toThrow();
  });

  test("tells who listens in the host's network, for enforce's own script", async () => {
    publish('web', 'nginx:1.25', '80');
    const lodger = fleet
      .engine('web-1')
      .run('mail', { Image: 'acme/mail-relay:3', HostConfig: { NetworkMode: 'host' } });
    const engine = await connectEngine(connection);

    const output = await connection.runScript?.(machineScript(['holders']), {
      deadlineMilliseconds: 5000,
      maximumBytes: 100_000,
    });
    const ids = new Set((await engine.list()).map(({ id }) => id));
    const facts = machineFacts({ known: true, value: output?.stdout ?? '' }, await engine.facts(), ids);

    expect(facts.ephemeralPorts).toEqual({ known: true, value: { first: 32768, last: 60999 } });
    expect(facts.listeners).toMatchObject({
      value: [
        { ip: '0.0.0.0', port: 22, process: 'sshd' },
        { ip: '0.0.0.0', port: 80, process: 'docker-proxy' },
        { ip: '::', port: 80, process: 'docker-proxy' },
        { ip: '0.0.0.0', port: 25, process: 'mail', containerId: lodger.id },
      ],
    });
  });

  test('is gone without a trace when the fleet is closed', async () => {
    await fleet.close();

    expect(existsSync(fleet.homeFolder)).toBe(false);
    expect([...fleet.hosts.values()].map((host) => [host.clients(), existsSync(host.engine.socketPath)])).toEqual([
      [0, false],
      [0, false],
    ]);
  });

  function publish(name: string, Image: string, port: string): void {
    fleet.engine('web-1').run(name, {
      Image,
      HostConfig: { PortBindings: { [`${port}/tcp`]: [{ HostPort: port }] } },
    });
  }
});

function signal(): AbortSignal {
  return new AbortController().signal;
}

function open({ hosts, homeFolder }: EmbeddedFleet, name: string): Promise<Connection> {
  const host: Host = {
    name,
    groups: ['all'],
    address: { kind: 'ssh', hostName: '127.0.0.1', user: 'demo', port: hosts.get(name)?.port ?? 0, become: false },
  };
  return openConnection(host, {
    homeFolder,
    userName: 'demo',
    sshAgentSocket: undefined,
    deadlineMilliseconds: 10_000,
    keepaliveMilliseconds: 10_000,
    signal: signal(),
  });
}
