import { describe, expect, test } from '@jest/globals';
import type { Workbench } from './workbench.ts';

/** Facts, lists, and what is answered about things that are not there. */
export function describeReading(at: () => Workbench): void {
  describe('reading', () => {
    test('tells its version, the API it speaks and who it is', async () => {
      const facts = await at().engine.facts();

      expect(facts).toMatchObject({ kind: 'docker', version: expect.stringMatching(/^\d+\.\d+/) });
      expect(facts.apiVersion).toMatch(/^1\.\d\d$/);
      expect(facts.id).not.toBe('');
      expect(facts.name).not.toBe('');
    });

    test('lists every container, the newest first, by name, label and state', async () => {
      const { create, start, spec, engine, named } = at();
      await create('shop', spec({ Labels: { team: 'sales' } }));
      await start(await create('web', spec()));

      const ours = (await engine.list()).filter(({ names }) => names.some((name) => name.startsWith(named(''))));

      expect(ours.map(({ names, state }) => [...names, state])).toEqual([
        [named('web'), 'running'],
        [named('shop'), 'created'],
      ]);
      expect(ours[1]?.labels).toMatchObject({ team: 'sales' });
    });

    test('knows nothing of what is not there', async () => {
      const { engine, named } = at();
      const absent = 'f'.repeat(64);

      expect(await engine.inspect(absent)).toBeUndefined();
      expect(await engine.changes(absent)).toBeUndefined();
      expect(await engine.logs(absent, 10)).toBe('');
      expect(await engine.image('nobody/nothing:1')).toBeUndefined();
      expect(await engine.network(named('nowhere'))).toBeUndefined();
      expect(await engine.hasVolume(named('nothing'))).toBe(false);
    });

    test('finds an image by name and by id', async () => {
      const { engine, image } = at();

      const byName = await engine.image(image);
      const byId = await engine.image(byName?.id ?? '');

      expect(byName).toMatchObject({ tags: expect.arrayContaining([image]) });
      expect(byName?.config).toMatchObject({ ExposedPorts: { '80/tcp': {} }, Env: ['PATH=/bin'] });
      // Left out from API 1.52 on, when there is none.
      expect(byName?.config['Entrypoint'] ?? null).toBeNull();
      expect(byId?.id).toBe(byName?.id);
    });

    test('finds a container by name, by id and by the beginning of its id', async () => {
      const { create, spec, call, named } = at();
      const id = await create('shop', spec());

      const answers = await Promise.all(
        [named('shop'), id, id.slice(0, 12)].map((reference) => call('GET', `/containers/${reference}/json`)),
      );

      expect(answers.map(({ body }) => (body as { Id: string }).Id)).toEqual([id, id, id]);
    });

    test('answers 404 to a path it does not have, and 400 to an API newer than its own', async () => {
      const { call } = at();

      expect(await call('GET', '/v1.41/nothing/here')).toEqual({ status: 404, body: { message: 'page not found' } });
      expect(await call('GET', '/v1.99/info')).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('client version 1.99 is too new') },
      });
    });

    test('refuses to create a container from nothing', async () => {
      const { call } = at();

      const answer = await call('POST', '/containers/create');

      expect(answer.status).toBeGreaterThanOrEqual(400);
    });
  });
}
