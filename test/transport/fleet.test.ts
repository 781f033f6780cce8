import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { EnforceError } from '../../src/model/errors.ts';
import type { Host } from '../../src/model/inventory.ts';
import { onEachHost, overHosts } from '../../src/transport/fleet.ts';

const hosts = ['web-1', 'web-2', 'web-3', 'edge-1'].map(
  (name): Host => ({ name, groups: ['all'], address: { kind: 'unix', path: `/run/${name}.sock` } }),
);

describe('work on each host', () => {
  test('gives results in the order of the hosts, whichever is done first', async () => {
    const order: string[] = [];
    const gate = new EventEmitter();
    const opened = once(gate, 'open');

    const results = await onEachHost(hosts, 4, async ({ name }) => {
      if (name === 'web-1') await opened;
      order.push(name);
      if (name === 'edge-1') gate.emit('open');
      return name;
    });

    expect(order).toEqual(['web-2', 'web-3', 'edge-1', 'web-1']);
    expect(results).toEqual(hosts.map((host) => ({ host, ok: true, value: host.name })));
  });

  test('is under way on no more hosts than allowed', async () => {
    let now = 0;
    let most = 0;

    await onEachHost(hosts, 2, async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
    });

    expect(most).toBe(2);
  });

  test('that fails on one host is done on the others', async () => {
    const refused = new EnforceError('permission', 'not in the docker group');

    const results = await onEachHost(hosts, 2, (host) =>
      host.name === 'web-2' ? Promise.reject(refused) : Promise.resolve(host.name),
    );

    expect(results.map((result) => (result.ok ? result.value : result.error))).toEqual([
      'web-1',
      refused,
      'web-3',
      'edge-1',
    ]);
  });

  test('is not started on further hosts once it is interrupted', async () => {
    const controller = new AbortController();
    const started: string[] = [];

    const results = await onEachHost(
      hosts,
      1,
      (host) => {
        started.push(host.name);
        if (host.name === 'web-2') controller.abort();
        return Promise.resolve();
      },
      controller.signal,
    );

    expect(started).toEqual(['web-1', 'web-2']);
    expect(results.map((result) => result.ok)).toEqual([true, true, false, false]);
  });

  test('is handed on in the order of the hosts, as soon as it can be, and waits for who takes it', async () => {
    const events: string[] = [];
    const gate = new EventEmitter();
    const opened = once(gate, 'open');

    await overHosts(hosts, 2, {
      async work({ name }) {
        events.push(name);
        if (name === 'web-1') await opened;
        if (name === 'edge-1') gate.emit('open');
      },
      async take({ host: { name } }) {
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`took ${name}`);
      },
    });

    expect(events.filter((event) => event.startsWith('took'))).toEqual(hosts.map(({ name }) => `took ${name}`));
    expect(events.indexOf('took web-1')).toBeGreaterThan(events.indexOf('edge-1'));
  });

  test('that is done while an earlier result is being taken waits before the next host is begun', async () => {
    const events: string[] = [];

    await overHosts(hosts, 1, {
      work: ({ name }) => Promise.resolve(void events.push(name)),
      async take({ host: { name } }) {
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`took ${name}`);
      },
    });

    expect(events.slice(0, 4)).toEqual(['web-1', 'took web-1', 'web-2', 'took web-2']);
  });
});
