import { execFileSync } from 'node:child_process';
import { createReadStream, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Host } from '../../src/model/inventory.ts';
import { openConnection } from '../../src/transport/connect.ts';
import { openUnix } from '../../src/transport/unix.ts';
import { ask, settingsFor } from '../support/ssh-fleet.ts';
import { startEngine, type SocketEngine } from '../support/ssh-engine.ts';

let engine: SocketEngine;
const settings = settingsFor('/nowhere');
const limits = { deadlineMilliseconds: 10_000, maximumBytes: 1_000 };

beforeEach(async () => {
  engine = await startEngine((request, response) => response.end(`answer to ${request.url ?? ''}`));
});

afterEach(() => engine.close());

function local(path: string): Host {
  return { name: 'local', groups: ['all'], address: { kind: 'unix', path } };
}

describe('the engine of this machine', () => {
  test('is asked on its socket', async () => {
    const connection = await openConnection(local(engine.socketPath), settings);
    const answer = await ask(connection, '/info');
    await connection.close();

    expect(answer).toBe('answer to /info');
    expect(connection).toMatchObject({ way: 'local socket', channels: 8 });
  });

  test('whose socket is absent is explained', async () => {
    const opening = openConnection(local('/nowhere/docker.sock'), settings);

    await expect(opening).rejects.toMatchObject({
      code: 'engine',
      message: 'there is no socket at /nowhere/docker.sock',
    });
  });

  test('that left its socket behind is explained', async () => {
    const path = join(engine.folder, 'stale.sock');
    writeFileSync(path, '');

    const opening = openConnection(local(path), settings);

    await expect(opening).rejects.toMatchObject({ code: 'engine', message: expect.stringContaining('not running') });
  });

  test('whose socket is not ours is explained', () => {
    const connection = openUnix(local('/run/docker.sock'), { kind: 'unix', path: '/run/docker.sock' });

    const failure = connection.explain(Object.assign(new Error('connect EACCES'), { code: 'EACCES' }));

    expect(failure).toMatchObject({ code: 'permission', hint: expect.stringContaining('docker $USER') });
  });

  test('runs scripts with its own shell', async () => {
    const connection = await openConnection(local(engine.socketPath), settings);
    const output = await connection.runScript?.('echo "$((20 + 3))"; echo warning >&2; exit 4', limits);
    await connection.close();

    expect(output).toEqual({ exitCode: 4, stdout: '23\n', stderr: 'warning\n' });
  });

  test('speaks to a script that goes on, until its input is closed', async () => {
    const connection = await openConnection(local(engine.socketPath), settings);
    const script = await connection.openScript?.(
      '{ echo ready; while read -r word; do echo "$word?"; done; echo bye; exit 3; }\n',
    );
    if (!script) throw new Error('there is a shell');
    let said = '';
    for await (const chunk of script.output) {
      said += Buffer.from(chunk).toString();
      if (said === 'ready\n') script.send('one\ntwo\n');
      if (said.endsWith('two?\n')) script.end();
    }
    await connection.close();

    expect(said).toBe('ready\none?\ntwo?\nbye\n');
    await expect(script.ended).resolves.toEqual({ exitCode: 3, stderr: '' });
  });

  test('tells how a script that goes on was ended', async () => {
    const connection = await openConnection(local(engine.socketPath), settings);
    const script = await connection.openScript?.('{ echo ready; kill -KILL $$; }\n');
    await connection.close();

    await expect(script?.ended).rejects.toMatchObject({ code: 'engine', message: expect.stringContaining('SIGKILL') });
  });

  test('stops a script that does not end, and all that it started', async () => {
    const held = join(engine.folder, 'held');
    execFileSync('mkfifo', [held]);
    const released = text(createReadStream(held));

    const connection = await openConnection(local(engine.socketPath), settings);
    const running = connection.runScript?.(`exec 9>${held}; sleep 1000`, { ...limits, deadlineMilliseconds: 500 });

    await expect(running).rejects.toMatchObject({ code: 'timed-out' });
    await expect(released).resolves.toBe('');
    await connection.close();
  });

  test('stops a script that says too much', async () => {
    const connection = await openConnection(local(engine.socketPath), settings);

    await expect(connection.runScript?.('yes', limits)).rejects.toMatchObject({ code: 'engine' });
    await connection.close();
  });

  test.each(['', '0.0.0.0', '127.0.0.1'])('opens a port published on %j', async (ip) => {
    const shop = createServer((socket) => socket.end('220 shop'));
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const { port } = shop.address() as AddressInfo;

    const connection = await openConnection(local(engine.socketPath), settings);
    const said = await text(await connection.openTcp(ip, port, settings.signal));
    shop.close();
    await connection.close();

    expect(said).toBe('220 shop');
  });

  test('opens no port once its caller has given up', async () => {
    const shop = createServer();
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const { port } = shop.address() as AddressInfo;
    const connection = await openConnection(local(engine.socketPath), settings);

    const opening = connection.openTcp('', port, AbortSignal.abort());

    await expect(opening).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('interrupted'),
    });
    shop.close();
    await connection.close();
  });

  test('tells a port nobody listens on', async () => {
    const connection = await openConnection(local(engine.socketPath), settings);

    await expect(connection.openTcp('', 1, settings.signal)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await connection.close();
  });
});
