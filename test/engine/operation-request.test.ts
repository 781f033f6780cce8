import { describe, expect, test } from '@jest/globals';
import { operationRequest } from '../../src/engine/operation-request.ts';
import type { Operation } from '../../src/model/plan.ts';
import { idOf } from '../support/containers.ts';
import { failureOf } from '../support/failure-of.ts';

const ID = idOf('shop');
const SPEC = { Image: 'nginx:1.25', HostConfig: {} };

const OPERATIONS: Readonly<Record<Exclude<Operation['kind'], 'create' | 'remove-image'>, (id: string) => Operation>> = {
  connect: (id) => ({ kind: 'connect', id, network: 'front', endpoint: { Aliases: ['shop'] } }),
  stop: (id) => ({ kind: 'stop', id, timeoutSeconds: 30 }),
  start: (id) => ({ kind: 'start', id }),
  restart: (id) => ({ kind: 'restart', id, timeoutSeconds: 30 }),
  pause: (id) => ({ kind: 'pause', id }),
  rename: (id) => ({ kind: 'rename', id, name: 'shop.enforce-old-7f3a' }),
  'set-restart-policy': (id) => ({ kind: 'set-restart-policy', id, policy: { Name: 'no', MaximumRetryCount: 0 } }),
  remove: (id) => ({ kind: 'remove', id }),
  commit: (id) => ({ kind: 'commit', id, reference: 'enforce-carried/shop-0c21:7f3a', comment: 'for run 7f3a' }),
  unpack: (id) => ({ kind: 'unpack', id, archive: noPieces }),
};

const noPieces = (): AsyncIterable<Uint8Array> => {
  throw new Error('nothing is sent here');
};

describe('an operation is one request', () => {
  test('to create, with the whole specification in its body', () => {
    const { request } = operationRequest({ kind: 'create', name: 'shop', spec: SPEC });

    expect(request).toMatchObject({ method: 'POST', path: '/containers/create', query: { name: 'shop' }, body: SPEC });
  });

  test('to connect a network', () => {
    expect(operationRequest(OPERATIONS.connect(ID)).request).toMatchObject({
      method: 'POST',
      path: '/networks/front/connect',
      body: { Container: ID, EndpointConfig: { Aliases: ['shop'] } },
    });
  });

  test('to stop, which leaves signal and time to the container and waits for them', () => {
    expect(operationRequest(OPERATIONS.stop(ID)).request).toEqual({
      method: 'POST',
      path: `/containers/${ID}/stop`,
      deadlineMilliseconds: 90_000,
    });
  });

  test('to start, without a body, which old engines would take for another configuration', () => {
    const { request } = operationRequest(OPERATIONS.start(ID));

    expect(request).toMatchObject({ method: 'POST', path: `/containers/${ID}/start` });
    expect(request).not.toHaveProperty('body');
  });

  test('to restart, waited for as long as both may take', () => {
    expect(operationRequest(OPERATIONS.restart(ID)).request).toMatchObject({
      method: 'POST',
      path: `/containers/${ID}/restart`,
      deadlineMilliseconds: 210_000,
    });
  });

  test('to rename', () => {
    expect(operationRequest(OPERATIONS.rename(ID)).request).toMatchObject({
      path: `/containers/${ID}/rename`,
      query: { name: 'shop.enforce-old-7f3a' },
    });
  });

  test('to set a restart policy, and nothing else', () => {
    expect(operationRequest(OPERATIONS['set-restart-policy'](ID)).request).toMatchObject({
      path: `/containers/${ID}/update`,
      body: { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
    });
  });

  test('to remove a container, never its volumes, and never one that runs', () => {
    const { request, fine } = operationRequest(OPERATIONS.remove(ID));

    expect(request).toMatchObject({ method: 'DELETE', path: `/containers/${ID}`, query: { v: '0', force: '0' } });
    expect(fine).toEqual([404]);
  });

  test('to make an image of a container, which stands still meanwhile', () => {
    expect(operationRequest(OPERATIONS.commit(ID)).request).toMatchObject({
      method: 'POST',
      path: '/commit',
      query: { container: ID, repo: 'enforce-carried/shop-0c21', tag: '7f3a', pause: '1' },
    });
  });

  test('to write files, never a folder over a file or the reverse, and with the owners they had', () => {
    const { request } = operationRequest(OPERATIONS.unpack(ID));

    expect(request).toMatchObject({ method: 'PUT', path: `/containers/${ID}/archive`, archive: noPieces });
    expect(request.query).toEqual({ path: '/', noOverwriteDirNonDir: '1' });
  });

  test('to take an image away, unless a container is made of it', () => {
    const { request, fine } = operationRequest({ kind: 'remove-image', reference: 'enforce-carried/shop-0c21:7f3a' });

    expect(request).toMatchObject({
      method: 'DELETE',
      path: '/images/enforce-carried/shop-0c21%3A7f3a',
      query: { force: '0' },
    });
    expect(fine).toEqual([404, 409]);
  });
});

const NO_IDS = [
  '',
  'shop',
  ID.slice(0, 12),
  `${ID}0`,
  ID.toUpperCase(),
  `${ID.slice(0, 61)}/..`,
  '../'.repeat(21) + 'a',
  `${ID}\n`,
];

describe('what is no full id is refused', () => {
  const cases = Object.keys(OPERATIONS).flatMap((kind) =>
    NO_IDS.map((id) => [kind as keyof typeof OPERATIONS, id] as const),
  );

  test.each(cases)('to %s %j', async (kind, id) => {
    const failure = await failureOf(() => operationRequest(OPERATIONS[kind](id)));

    expect(failure).toMatchObject({ code: 'engine', message: expect.stringContaining('is not a container id') });
  });
});

test.each(['', '..', 'a/../../containers/x'])('an image called %j is not taken away', async (reference) => {
  const failure = await failureOf(() => operationRequest({ kind: 'remove-image', reference }));

  expect(failure.message).toBe(`${JSON.stringify(reference)} is not the name of an image`);
});

describe('a network', () => {
  test.each(['', '.', '..', 'front/../../containers', '/front'])('called %j is refused', async (network) => {
    const failure = await failureOf(() => operationRequest({ kind: 'connect', id: ID, network, endpoint: {} }));

    expect(failure.message).toBe(`${JSON.stringify(network)} is not the name of a network`);
  });

  test('has its name encoded', () => {
    const { request } = operationRequest({ kind: 'connect', id: ID, network: 'front end?x=1#y', endpoint: {} });

    expect(request.path).toBe('/networks/front%20end%3Fx%3D1%23y/connect');
  });
});
