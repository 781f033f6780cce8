import { request } from 'node:http';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ChannelAgent } from '../../src/transport/channel-agent.ts';
import { ask } from '../support/ssh-fleet.ts';
import { startEngine, type SocketEngine } from '../support/ssh-engine.ts';

let engine: SocketEngine;

beforeEach(async () => {
  engine = await startEngine();
});

afterEach(() => engine.close());

describe('the agent of a connection', () => {
  test('keeps to its channels, whatever host or path requests are written for', async () => {
    let opened = 0;
    const agent = new ChannelAgent(() => {
      opened += 1;
      return connect(engine.socketPath);
    }, 2);
    const elsewhere = (host: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        request({ agent, host, socketPath: `/run/${host}` }, (response) => response.resume().on('end', resolve))
          .on('error', reject)
          .end();
      });

    await Promise.all([ask({ agent }, '/1'), ask({ agent }, '/2'), elsewhere('web-1'), elsewhere('web-2')]);
    agent.destroy();

    expect(opened).toBe(2);
  });

  test('opens channels before there are requests for them, and closes those that nobody used', async () => {
    const opened: ReturnType<typeof connect>[] = [];
    const agent = new ChannelAgent(() => {
      const socket = connect(engine.socketPath);
      opened.push(socket);
      return socket;
    }, 2);
    await ask({ agent }, '/1');

    agent.openAhead(4);
    const before = opened.length;
    await Promise.all(['/2', '/3', '/4', '/5', '/6'].map((path) => ask({ agent }, path)));
    agent.openAhead(8);
    agent.destroy();

    expect(before).toBe(4);
    expect(opened.every((socket) => socket.destroyed)).toBe(true);
  });

  test('shows nothing of itself when it is inspected, as docker-modem does before every request', () => {
    const agent = new ChannelAgent(() => connect(engine.socketPath), 2);

    expect(inspect({ agent }, { showHidden: true, depth: null })).toBe('{ agent: ChannelAgent }');
  });
});
