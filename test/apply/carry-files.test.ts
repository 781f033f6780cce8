import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { resumeHost } from '../../src/apply/apply-host.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import type { Outcome } from '../../src/model/journal.ts';
import { filesOf, plainFile } from '../support/memory-engine/files.ts';
import type { MemoryContainer } from '../support/memory-engine/store.ts';
import type { MemoryHost } from '../support/memory-host.ts';
import { memoryHost, RUN } from '../support/memory-host.ts';
import { MISHAPS, withMishap } from '../support/mishap.ts';

const BOTH = ['copy', 'commit'] as const;
type How = (typeof BOTH)[number];

let host: MemoryHost;
beforeEach(() => begin());
afterEach(() => host.close());

describe.each(BOTH)('by %s', (how) => {
  test('what was written comes along', async () => {
    const outcome = await apply(how);

    expect(outcome).toMatchObject({ result: 'applied' });
    expect(notesOf(host.engine.find('web'))).toEqual(WRITTEN);
  });

  test('the old one has it still when the change is taken back, and no image is left', async () => {
    await apply(how);
    const tools = await host.enter();
    const [target] = await rollBackTargets(RUN, tools);

    const back = target && (await rollBackTarget(target, host.settings.gate, tools));

    expect(back?.outcome.result).toBe('rolled-back');
    expect(notesOf(host.engine.find('web'))).toEqual(WRITTEN);
    expect(carriedImages()).toEqual([]);
  });
});

test('by copy what arrives as something else is a reason to go back', async () => {
  afterUnpack((candidate) => candidate.files.set('/srv/note', plainFile('hello', { mode: 0o600 })));

  const outcome = await apply('copy');

  expect(outcome).toMatchObject({
    result: 'rolled-back',
    because: 'the files could not be carried over: /srv/note did not arrive as it was: mode (644, 600)',
  });
  expect(host.standing()).toEqual(['web: old, running, always:0']);
});

test('by commit what arrives as something else is a reason to go back', async () => {
  onceAfter('/commit', () => host.old.files.set('/srv/note', plainFile('more')));
  afterUnpack((candidate) => candidate.files.set('/srv/note', plainFile('less')));

  const outcome = await apply('commit');

  expect(outcome).toMatchObject({
    result: 'rolled-back',
    because: expect.stringMatching(/note did not arrive.*content$/),
  });
  expect(carriedImages()).toEqual([]);
});

test('by copy a file that only the new one has is a reason to go back', async () => {
  afterUnpack((candidate) => candidate.files.set('/srv-2/left', plainFile('of an earlier try')));

  expect(await apply('copy')).toMatchObject({
    result: 'rolled-back',
    because: expect.stringContaining('the new container has /srv-2'),
  });
});

test('by commit what is written after the image was made comes along too', async () => {
  onceCreated(() => host.old.files.set('/etc/later', plainFile('later')).set('/srv/note', plainFile('more')));

  const outcome = await apply('commit');

  expect(outcome).toMatchObject({ result: 'applied' });
  expect(filesOf(host.engine.find('web') ?? host.old).get('/etc/later')).toMatchObject({ content: 'later' });
  expect(notesOf(host.engine.find('web'))).toEqual(['/srv/note: more', '/srv/sub/ünï: deep']);
});

test.each<[string, () => void]>([
  ['of the image', () => host.old.files.set('/etc/passwd', 'deleted')],
  ['that was written', () => host.old.files.delete('/srv/sub/ünï')],
])('by commit a file %s that is deleted after the image was made is a reason to go back', async (_which, remove) => {
  onceCreated(remove);

  const outcome = await apply('commit');

  expect(outcome).toMatchObject({
    result: 'rolled-back',
    because: expect.stringContaining('was deleted between the making of the image and the stop'),
  });
  expect(host.standing()).toEqual(['web: old, running, always:0']);
});

test('by commit one image is left where a new file had it made twice', async () => {
  onceAfter('/commit', () => host.old.files.set('/etc/new', plainFile('new')));

  await apply('commit');

  expect(host.calls().filter((call) => call === 'commit old')).toHaveLength(2);
  expect([...host.engine.store.images.values()].filter(({ tags }) => tags.length === 0)).toEqual([]);
  expect(carriedImages()).toHaveLength(1);
});

test('by commit nothing is begun when no image can be made', async () => {
  host.engine.fault = ({ path }) =>
    path === '/commit' ? { status: 500, message: 'no space left on device' } : undefined;

  const outcome = await apply('commit');

  expect(outcome).toMatchObject({ result: 'skipped', because: expect.stringContaining('no space left on device') });
  expect(host.standing()).toEqual(['web: old, running, always:0']);
});

test.each(BOTH)('nothing is begun when the engine cannot read the files out: by %s', async (how) => {
  host.engine.fault = ({ path, method }) =>
    method === 'GET' && path.endsWith('/archive') ? { status: 500, message: 'path escapes from parent' } : undefined;

  const outcome = await apply(how);

  expect(outcome).toMatchObject({ result: 'skipped', because: expect.stringContaining('path escapes from parent') });
  expect(host.calls()).toEqual([]);
});

test('a copy that does not fit is a reason to go back', async () => {
  host.engine.fault = ({ path, method }) =>
    method === 'PUT' && path.endsWith('/archive') ? { status: 500, message: 'no space left on device' } : undefined;

  const outcome = await apply('copy');

  expect(outcome).toMatchObject({ result: 'rolled-back', because: expect.stringContaining('no space left on device') });
  expect(host.standing()).toEqual(['web: old, running, always:0']);
});

describe.each(BOTH)('by %s', (how) => {
  test.each(MISHAPS)(
    '%s, at any call: the files are where the service is, and no image is left over',
    async (mishap) => {
      const wrong: string[] = [];
      for (let atCall = 1; ; atCall++) {
        await host.close();
        await begin();
        const { tools, dead, met } = withMishap(await host.enter(), host.engine, mishap, atCall);
        await Promise.race([apply(how, tools), dead]);
        const operation = met();
        if (!operation) break;
        await resumeHost(host.settings, await host.enter('0ther'));

        const web = host.engine.find('web');
        const isNew = web?.id !== host.old.id;
        const images = carriedImages().length;
        const isRight =
          web?.phase === 'running' &&
          JSON.stringify(notesOf(web)) === JSON.stringify(WRITTEN) &&
          images === (isNew && how === 'commit' ? 1 : 0);
        if (!isRight) wrong.push(`${atCall} ${operation.kind}: ${host.standing().join('; ')}; ${images} images`);
      }

      expect(wrong).toEqual([]);
    },
  );
});

const WRITTEN = ['/srv/note: hello', '/srv/sub/ünï: deep'];

async function begin(): Promise<void> {
  host = await memoryHost({ networks: ['front'] });
  host.old.files.set('/srv', plainFile('', { kind: 'folder', mode: 0o755 }));
  host.old.files.set('/srv/note', plainFile('hello')).set('/srv/sub/ünï', plainFile('deep', { uid: 33 }));
}

async function apply(carry: How, tools?: HostTools): Promise<Outcome> {
  return await applyChange({ ...host.change, carry }, host.settings, tools ?? (await host.enter()));
}

function notesOf(container: MemoryContainer | undefined): readonly string[] {
  const files = container ? [...filesOf(container)] : [];
  return files
    .filter(([path, { kind }]) => path.startsWith('/srv/') && kind === 'file')
    .map(([path, { content }]) => `${path}: ${content}`);
}

function carriedImages(): readonly string[] {
  return [...host.engine.store.images.values()].flatMap(({ tags }) =>
    tags.filter((tag) => tag.startsWith('enforce-carried/')),
  );
}

function onceAfter(path: string, act: () => void): void {
  let done = false;
  host.engine.afterEach = (call) => {
    if (done || call.path !== path) return;
    done = true;
    act();
  };
}

function afterUnpack(act: (candidate: MemoryContainer) => void): void {
  const before = host.engine.afterEach;
  host.engine.afterEach = (call) => {
    before(call);
    const candidate = host.engine.find(`web.enforce-new-${RUN}`);
    if (call.method === 'PUT' && candidate) act(candidate);
  };
}

function onceCreated(act: () => void): void {
  let done = false;
  host.engine.afterEach = () => {
    if (done || !host.engine.find(`web.enforce-new-${RUN}`)) return;
    done = true;
    act();
  };
}
