import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callEngine } from '../support/call-engine.ts';
import {
  busyboxImage,
  image,
  mailImage,
  nginxImage,
  recorderImage,
  redisImage,
} from '../support/memory-engine/images.ts';
import { exits } from '../support/memory-engine/program.ts';
import { MemoryEngine } from '../support/memory-engine/memory-engine.ts';

/** What the engine in memory does beyond the contract, which no shared engine can be asked to do: fail on demand. */
describe('the engine in memory', () => {
  let engine: MemoryEngine;
  beforeEach(async () => {
    engine = await MemoryEngine.open({
      images: [busyboxImage(), nginxImage(), redisImage(), mailImage(), recorderImage()],
    });
  });
  afterEach(() => engine.close());

  const post = (path: string, body?: { readonly Image: string }): ReturnType<typeof callEngine> =>
    callEngine(engine.socketPath, 'POST', path, body);

  describe('faults', () => {
    test.each(['cut-before', 'cut-after', 'cut-mid-body'] as const)('%s breaks the connection', async (fault) => {
      engine.fault = () => fault;

      await expect(post('/containers/create?name=shop', { Image: 'nginx:1.25' })).rejects.toThrow();
    });

    test.each([
      ['cut-before', undefined],
      ['cut-after', 'shop'],
      ['cut-mid-body', 'shop'],
    ] as const)('%s leaves %s behind', async (fault, left) => {
      engine.fault = () => fault;

      await post('/containers/create?name=shop', { Image: 'nginx:1.25' }).catch(() => undefined);

      expect(engine.find('shop')?.name).toBe(left);
    });

    test.each([
      ['hang', undefined],
      ['hang-after', 'shop'],
    ] as const)('%s gives no answer and leaves %s behind', async (fault, left) => {
      const asked = new Promise<void>((resolve) => {
        engine.fault = () => {
          // The engine goes on with the request in this very turn.
          setImmediate(resolve);
          return fault;
        };
      });
      const answer = post('/containers/create?name=shop', { Image: 'nginx:1.25' }).catch(() => 'no answer');

      await asked;
      await engine.close();

      expect(await answer).toBe('no answer');
      expect(engine.find('shop')?.name).toBe(left);
    });

    test('answers what it was told to, and does nothing', async () => {
      engine.fault = ({ path }) =>
        path === '/containers/create' ? { status: 500, message: 'no space left on device' } : undefined;

      const answer = await post('/containers/create?name=shop', { Image: 'nginx:1.25' });

      expect(answer).toEqual({ status: 500, body: { message: 'no space left on device' } });
      expect(engine.find('shop')).toBeUndefined();
    });

    test('numbers its requests and knows which of them write', async () => {
      await callEngine(engine.socketPath, 'GET', '/v1.41/info');
      await post('/v1.41/containers/create?name=shop', { Image: 'nginx:1.25' });

      expect(engine.requests.map(({ number, path, mutating }) => [number, path, mutating])).toEqual([
        [1, '/info', false],
        [2, '/containers/create', true],
      ]);
    });
  });

  describe('coming up again', () => {
    test.each([
      ['always', 'running', true],
      ['unless-stopped', 'running', true],
      ['on-failure', 'running', true],
      ['no', 'running', false],
      ['always', 'stopped', true],
      ['unless-stopped', 'stopped', false],
      ['on-failure', 'stopped', true],
      ['no', 'stopped', false],
      ['always', 'created', false],
    ])('with policy %s, a container that was %s runs: %s', async (Name, before, runs) => {
      const body = { Image: 'enforce-test/busybox:1', HostConfig: { RestartPolicy: { Name } } };
      const shop = before === 'created' ? engine.create('shop', body) : engine.run('shop', body);
      if (before === 'stopped') await post(`/containers/${shop.id}/stop`);

      engine.reboot();

      expect(shop.phase === 'running').toBe(runs);
    });
  });

  describe('programs', () => {
    test('nginx ends without CHOWN, and says why', async () => {
      const web = engine.run('web', { Image: 'nginx:1.25', HostConfig: { CapDrop: ['ALL'], CapAdd: ['SETUID'] } });

      const { body } = await callEngine(engine.socketPath, 'GET', `/containers/${web.id}/logs?stderr=1`);

      expect(web).toMatchObject({ phase: 'exited', exitCode: 1 });
      expect(body).toContain('chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)');
    });

    test.each([
      ['nginx:1.25', ['CHOWN', 'SETGID', 'SETUID'], 'running'],
      ['nginx:1.25', ['cap_chown', 'Cap_SetGid', 'SETUID'], 'running'],
      ['redis:7.2', ['SETGID', 'SETUID'], 'running'],
      ['redis:7.2', ['CHOWN'], 'exited'],
      ['acme/mail-relay:3', [], 'running'],
      ['acme/recorder:2', ['CHOWN', 'DAC_OVERRIDE', 'NET_RAW'], 'exited'],
      ['acme/recorder:2', ['ALL'], 'running'],
    ])('%s with only %j is %s', (Image, CapAdd, phase) => {
      const container = engine.run('shop', { Image, HostConfig: { CapDrop: ['ALL'], CapAdd } });

      expect(container.phase).toBe(phase);
    });

    test('a user other than root holds no capability, whatever was added', () => {
      const container = engine.run('cache', { Image: 'redis:7.2', User: '999', HostConfig: { Privileged: true } });

      expect(container.phase).toBe('exited');
    });

    test('one that ends later is seen running until then', async () => {
      const brief = image('acme/brief:1', { Cmd: ['/bin/brief'] }, { '/bin/brief': exits(3, 2, 'out of memory') });
      engine.store.images.set(brief.id, brief);
      const { id } = engine.run('brief', { Image: 'acme/brief:1' });
      const look = async (): Promise<unknown> =>
        ((await callEngine(engine.socketPath, 'GET', `/containers/${id}/json`)).body as { State: unknown }).State;

      const looks = [await look(), await look()];

      expect(looks).toMatchObject([
        { Status: 'running', ExitCode: 0 },
        { Status: 'exited', ExitCode: 3 },
      ]);
    });

    test('answers on its published port, and the proxy hangs up where nothing listens behind it', () => {
      const bindings = { '80/tcp': [{ HostPort: '8080' }], '9/tcp': [{ HostPort: '8009' }] };
      engine.run('web', {
        Image: 'nginx:1.25',
        ExposedPorts: { '9/tcp': {} },
        HostConfig: { PortBindings: bindings },
      });

      expect(engine.dial('127.0.0.1', 8080)).toMatchObject({ reply: expect.stringContaining('200 OK') });
      expect(engine.dial('::1', 8080)).toBeDefined();
      expect(engine.dial('172.17.0.2', 80)).toBeDefined();
      expect(engine.dial('127.0.0.1', 8009)).toBe('nobody-behind');
      expect(engine.dial('127.0.0.1', 80)).toBeUndefined();
    });

    test('a port of another program on the host cannot be had', () => {
      engine.store.foreignListeners.add('tcp/0.0.0.0:8080');
      const body = { Image: 'nginx:1.25', HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } } };

      expect(() => engine.run('web', body)).toThrow('listen tcp4 0.0.0.0:8080: bind: address already in use');
    });
  });

  test('gives the same ids in the same order every time', async () => {
    const other = await MemoryEngine.open({ images: [busyboxImage()] });

    const one = engine.run('shop', { Image: 'enforce-test/busybox:1' });
    const two = other.run('shop', { Image: 'enforce-test/busybox:1' });
    await other.close();

    expect(one.id).toBe(two.id);
  });

  test('speaks the API it was told to', async () => {
    const old = await MemoryEngine.open({ engine: { apiVersion: '1.22', version: '1.10.3' } });
    const { body } = await callEngine(old.socketPath, 'GET', '/version');
    await old.close();

    expect(body).toMatchObject({ ApiVersion: '1.22', Version: '1.10.3' });
  });
});
