import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Host } from '../../src/model/inventory.ts';
import { openConnection } from '../../src/transport/connect.ts';
import { ask, settingsFor } from '../support/ssh-fleet.ts';
import { startSilence } from '../support/ssh-silence.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'tls');
const pem = (name: string): Buffer => readFileSync(join(fixtures, `${name}.pem`));

let tlsFolder: string;
let listeners: Server[] = [];

beforeEach(() => {
  tlsFolder = mkdtempSync(join(tmpdir(), 'enforce-'));
  use('ca', 'client');
});

afterEach(() => {
  for (const listener of listeners) listener.close();
  listeners = [];
  rmSync(tlsFolder, { recursive: true });
});

/** Fills the folder with what a person would have got from the host's owner. */
function use(authority: string, client: string, key = client): void {
  cpSync(join(fixtures, `${authority}.pem`), join(tlsFolder, 'ca.pem'));
  cpSync(join(fixtures, `${client}-cert.pem`), join(tlsFolder, 'cert.pem'));
  cpSync(join(fixtures, `${key}-key.pem`), join(tlsFolder, 'key.pem'));
}

async function listen(listener: Server): Promise<Host> {
  listeners.push(listener);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return { name: 'edge-1', groups: ['all'], address: { kind: 'tcp', hostName: '127.0.0.1', port, tlsFolder } };
}

function engine(certificate = 'engine'): Promise<Host> {
  const cert = pem(`${certificate}-cert`);
  const key = pem(`${certificate}-key`);
  const options = { cert, key, ca: pem('ca'), requestCert: true, rejectUnauthorized: true };
  return listen(createServer(options, (request, response) => response.end(`answer to ${request.url ?? ''}`)));
}

const settings = settingsFor(tmpdir());

describe('an engine behind TLS', () => {
  test('is asked with our certificate', async () => {
    const host = await engine();

    const connection = await openConnection(host, settings);
    const answer = await ask(connection, '/info');
    await connection.close();

    expect(answer).toBe('answer to /info');
    expect(connection).toMatchObject({ way: 'tls', channels: 8, runScript: undefined });
  });

  test('with a certificate for another name is refused', async () => {
    const host = await engine('elsewhere');

    await expect(openConnection(host, settings)).rejects.toMatchObject({
      code: 'host-key',
      message: expect.stringContaining('engine.example.com'),
    });
  });

  test('with a certificate of another authority is refused', async () => {
    use('other-ca', 'client');
    const host = await engine();

    await expect(openConnection(host, settings)).rejects.toMatchObject({
      code: 'host-key',
      message: expect.stringContaining('not signed by ca.pem'),
    });
  });

  test.each([
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca'],
    ['EPROTO', 'write EPROTO error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required'],
  ])('that does not trust our certificate is told apart: %s', async (code, message) => {
    const host = await engine();
    const connection = await openConnection(host, settings);

    const failure = connection.explain(Object.assign(new Error(message), { code }));
    await connection.close();

    expect(failure).toMatchObject({
      code: 'authentication',
      message: expect.stringContaining('refused our certificate'),
    });
  });

  test('that hangs up on our certificate ends, as an engine that broke off', async () => {
    use('ca', 'stranger');
    const host = await engine();

    await expect(openConnection(host, settings)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('that answers without TLS is refused', async () => {
    const host = await listen(createPlainServer((_request, response) => response.end('OK')));

    await expect(openConnection(host, settings)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('answers without TLS'),
    });
  });

  test('that says nothing ends at the deadline', async () => {
    const silence = await startSilence();
    const address = { kind: 'tcp', hostName: '127.0.0.1', port: silence.port, tlsFolder } as const;

    const opening = openConnection({ name: 'edge-1', groups: [], address }, { ...settings, deadlineMilliseconds: 50 });

    await expect(opening).rejects.toMatchObject({ code: 'timed-out' });
    await silence.close();
  });

  test('whose published ports are tried at its own address', async () => {
    const host = await engine();
    const shop = createTcpServer((socket) => socket.end('220 shop'));
    await listen(shop);
    const { port } = shop.address() as AddressInfo;

    const connection = await openConnection(host, settings);
    const said = await text(await connection.openTcp('0.0.0.0', port, settings.signal));
    const loopback = connection.openTcp('127.0.0.1', port, settings.signal);

    expect(said).toBe('220 shop');
    await expect(loopback).rejects.toMatchObject({ message: expect.stringContaining('only the host itself') });
    await connection.close();
  });
});

describe('the certificate folder', () => {
  test('must hold its three files', async () => {
    const host = await engine();
    rmSync(join(tlsFolder, 'key.pem'));

    await expect(openConnection(host, settings)).rejects.toMatchObject({
      code: 'bad-connection-settings',
      message: `${join(tlsFolder, 'key.pem')} cannot be read: ENOENT`,
    });
  });

  test('must hold the key of the certificate', async () => {
    use('ca', 'client', 'stranger');
    const host = await engine();

    await expect(openConnection(host, settings)).rejects.toMatchObject({
      code: 'bad-connection-settings',
      message: expect.stringContaining('key.pem is not the key of cert.pem'),
    });
  });

  test('must hold certificates', async () => {
    const host = await engine();
    writeFileSync(join(tlsFolder, 'cert.pem'), 'not a certificate');

    await expect(openConnection(host, settings)).rejects.toMatchObject({ code: 'bad-connection-settings' });
  });
});
