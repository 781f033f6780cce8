import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { addressText } from '../../src/model/inventory.ts';
import { loadExceptions } from '../../src/load/exceptions.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { jsonSchema } from '../../src/load/schemas.ts';
import { selectHosts } from '../../src/load/select-hosts.ts';
import type { Surroundings } from '../../src/load/surroundings.ts';
import { folderOf } from '../support/folder-of.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the examples that come with enforce', () => {
  test('every file in playbooks is a playbook, exceptions or the catalogue, and loads', async () => {
    const names = readdirSync(`${ROOT}playbooks`);
    const playbooks = names.filter((name) => !/^(exceptions\.example|catalogue)\.yml$/.test(name));

    const loaded = await Promise.all(playbooks.map((name) => loadPlaybook(`${ROOT}playbooks/${name}`)));
    const { exceptions } = await loadExceptions([`${ROOT}playbooks/exceptions.example.yml`]);

    expect(loaded.map(({ name }) => `${name}.yml`)).toEqual(playbooks);
    expect(playbooks).toEqual(['cis-runtime.yml', 'strict.yml']);
    expect(exceptions.map(({ source }) => Number(source.split(':').at(-1)))).toEqual([5, 12, 20]);
    expect(names).toContain('catalogue.yml');
  });

  test('every file in inventory loads, alone and together', async () => {
    const names = readdirSync(`${ROOT}inventory`);

    const sizes = await Promise.all(names.map(async (name) => (await load(name)).hosts.length));
    const together = await load('');

    expect(names).toEqual(['example.ini', 'example.yml']);
    expect(together.hosts).toHaveLength(sizes.reduce((sum, size) => sum + size, 0));
    expect(together.warnings).toEqual([]);
  });

  test('the example inventory shows every way to name an engine', async () => {
    const inventory = await load('example.yml');

    expect(inventory.hosts.map(({ name, address }) => `${name} ${addressText(address)}`)).toEqual([
      'web-1 ssh://deploy@web-1.example.com',
      'web-2 ssh://deploy@10.0.0.12',
      'web-03.example.com ssh://web-03.example.com',
      'web-04.example.com ssh://web-04.example.com',
      'web-05.example.com ssh://web-05.example.com',
      'web-6 ssh://web-6',
      'edge-1 tcp://10.0.0.9:2376',
      'lab ssh://lab.example.com',
    ]);
    expect(inventory.hosts[1]?.address).toMatchObject({
      become: true,
      identityFile: expect.stringMatching('/.ssh/deploy$') as unknown,
    });
    expect(selectHosts(inventory, 'web:&prod:!web-2').map(({ name }) => name)).toHaveLength(5);
  });

  test('the example of a playbook is the one that the design shows', async () => {
    const { rollout, rules, containers } = await loadPlaybook(`${ROOT}playbooks/cis-runtime.yml`);

    expect(rollout).toEqual({
      batches: [1, '25%', '100%'],
      pauseSeconds: 30,
      order: 'stop-first',
      maxChanges: 200,
      maxFailures: 1,
    });
    expect(Object.keys(rules)).toHaveLength(3);
    expect(containers.exclude).toEqual(['*-ci-*']);
  });

  test('the example of a playbook shows every key about containers, with what it is for', () => {
    const { properties } = jsonSchema('playbook') as { properties: { containers: { properties: object } } };
    const example = readFileSync(`${ROOT}playbooks/cis-runtime.yml`, 'utf8');

    const [, containers = ''] = /^containers:\n((?: .*\n)+)/m.exec(example) ?? [];
    const shown = [...containers.matchAll(/^ {2}(?:# )?(\w+): \[.*\] +(?:# )?\S/gm)].map(([, key]) => key);

    expect(shown.sort()).toEqual(Object.keys(properties.containers.properties).sort());
  });
});

/** The example names a context `lab`, so there must be one at home. */
function load(name: string): ReturnType<typeof loadInventory> {
  const id = createHash('sha256').update('lab').digest('hex');
  const meta = JSON.stringify({ Name: 'lab', Endpoints: { docker: { Host: 'ssh://lab.example.com' } } });
  const surroundings: Surroundings = {
    environment: {},
    homeFolder: folderOf({ [`.docker/contexts/meta/${id}/meta.json`]: meta }),
    workingFolder: ROOT,
  };
  return loadInventory([`inventory/${name}`], surroundings);
}
