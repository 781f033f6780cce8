import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { RollBackTarget } from '../../src/apply/roll-back-target.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { Change } from '../../src/model/plan.ts';
import { plainFile } from '../support/memory-engine/files.ts';
import { image } from '../support/memory-engine/images.ts';
import { connect } from '../support/memory-engine/networks.ts';
import type { MemoryHost, ServiceOptions } from '../support/memory-host.ts';
import { memoryHost, RUN, serving } from '../support/memory-host.ts';

const OLD = ['web: old, running, always:0'];
const NEW = [`web.enforce-bak-${RUN}: old, exited, no:0`, 'web: new, running, always:0'];

let host: MemoryHost;
afterEach(() => host.close());

describe('a change that went well is not taken back', () => {
  test('while the new container has files that would be lost, unless they may be', async () => {
    await changed();
    write('/srv/note', 'since then');

    const refused = await rollBack();
    const standing = host.standing();
    const agreed = await rollBack({ discardsFiles: true });

    expect(refused).toMatchObject({
      result: 'skipped',
      because: expect.stringMatching(
        /^1 file that the new web has written would be lost \(\/srv\/note\): .*--discard-files$/,
      ),
    });
    expect(standing).toEqual(NEW);
    expect(agreed).toMatchObject({ result: 'rolled-back' });
    expect(host.standing()).toEqual(OLD);
  });

  test('while a file that was carried over is not what it was', async () => {
    await changed({ change: { carry: 'copy' } }, () => host.old.files.set('/srv/note', plainFile('one')));
    write('/srv/note', 'two');

    expect(await rollBack()).toMatchObject({ result: 'skipped', because: expect.stringContaining('(/srv/note)') });
    expect(host.standing()).toEqual(NEW);
  });

  test('while another container has the port it had', async () => {
    await changed();
    host.engine.run('other', {
      Image: 'shop/web:3',
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] } },
    });

    expect(await rollBack()).toMatchObject({
      result: 'skipped',
      because: 'port 80/tcp that web had is published by other now',
    });
    expect(host.standing()).toEqual(expect.arrayContaining(NEW));
  });

  test('when a network it was in is gone', async () => {
    await changed();
    host.engine.store.networks.delete(
      [...host.engine.store.networks].find(([, { name }]) => name === 'audit')?.[0] ?? '',
    );

    expect(await rollBack()).toMatchObject({
      result: 'skipped',
      because: expect.stringMatching(/^the network audit that the kept container of web is in was removed/),
    });
    expect(host.standing()).toEqual(NEW);
  });
});

test('the engine’s own network, which is another after each of its starts, is no reason', async () => {
  await changed({}, () => connect(host.engine.store, 'bridge', host.old, { request: {}, apiVersion: 1.41 }));
  const networks = host.engine.store.networks;
  const [id = '', bridge] = [...networks].find(([, { name }]) => name === 'bridge') ?? [];
  networks.delete(id);
  if (bridge) networks.set('0'.repeat(64), { ...bridge, id: '0'.repeat(64) });

  expect(await rollBack()).toMatchObject({ result: 'rolled-back' });
});

describe('a container that is made again by what the labels remember', () => {
  test('has the files that the one before it had, which are nowhere else', async () => {
    await changed({ change: { keeps: 'specification', carry: 'copy' } }, () =>
      host.old.files.set('/srv/note', plainFile('precious')),
    );
    write('/srv/later', 'written since');

    expect(await rollBack()).toMatchObject({ result: 'rolled-back' });

    const files = host.engine.find('web')?.files;
    expect(['/srv/note', '/srv/later'].map((path) => files?.get(path))).toMatchObject([
      { content: 'precious' },
      { content: 'written since' },
    ]);
  });

  test('is left alone when a copy could not bring its files along', async () => {
    await changed({ change: { keeps: 'specification' } });
    host.engine.find('web')?.files.set('/etc/passwd', 'deleted');

    const outcome = await rollBack();

    expect(outcome).toMatchObject({ result: 'skipped', because: expect.stringContaining('/etc/passwd of web') });
    expect(host.standing()).toEqual(['web: new, running, always:0']);
  });

  test('is none whose marks come with its image', async () => {
    host = await memoryHost();
    const marks = {
      'io.enforce.run': 'abcd12',
      'io.enforce.target': 'blog',
      'io.enforce.before': '{"HostConfig.CapAdd":["SYS_ADMIN"]}',
    };
    const evil = image('evil:1', { Cmd: ['/bin/web'], Labels: marks }, { '/bin/web': () => serving() });
    host.engine.store.images.set(evil.id, evil);
    const blog = host.engine.run('blog', { Image: 'evil:1', HostConfig: { CapDrop: ['ALL'] } });

    expect(await rollBack()).toMatchObject({ result: 'skipped' });
    expect(host.engine.find('blog')?.id).toBe(blog.id);
  });
});

/** Makes the host's change, after something was done to what is there. */
async function changed(
  options: ServiceOptions & { readonly change?: Partial<Change> } = {},
  first = () => undefined as unknown,
): Promise<void> {
  host = await memoryHost(options);
  first();
  expect(await applyChange(host.change, host.settings, await host.enter())).toMatchObject({ result: 'applied' });
}

function write(path: string, content: string): void {
  host.engine.find('web')?.files.set(path, plainFile(content));
}

async function rollBack(different: Partial<RollBackTarget> = {}) {
  const tools = await host.enter('0ther');
  const [target] = await rollBackTargets(undefined, tools);
  if (!target) throw new Error('there is nothing to take back');
  return (await rollBackTarget({ ...target, ...different }, host.settings.gate, tools)).outcome;
}
