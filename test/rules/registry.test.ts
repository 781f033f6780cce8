import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RULES } from '../../src/rules/index.ts';

const ids = RULES.map(({ id }) => id);

describe('the list of rules', () => {
  test('names every rule once', () => {
    expect([...new Set(ids)]).toEqual(ids);
  });

  test('holds every file of the folder, each named for its rule', () => {
    const files = readdirSync(new URL('../../src/rules/', import.meta.url)).filter((file) => file !== 'index.ts');

    expect(files.toSorted()).toEqual(ids.map((id) => `${id}.ts`).toSorted());
  });

  test('has a test for every rule, named for it', () => {
    const files = readdirSync(new URL('./', import.meta.url)).filter((file) => file !== 'registry.test.ts');

    expect(files.toSorted()).toEqual(ids.map((id) => `${id}.test.ts`).toSorted());
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (_id, { title, refs, explanation }) => {
  test('has a title that is one sentence without a full stop', () => {
    expect(title).toMatch(/^[A-Z][^.\n]+[^.\n]$/);
  });

  test('is explained in 5 to 12 lines that fit a terminal', () => {
    const lines = explanation.split('\n');

    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  test('is found in the standards by edition and number', () => {
    expect(Object.keys(refs.cis)).toEqual(['1.2.0', '1.6.0']);
    expect(refs.stig).toEqual(refs.stig.filter((id) => /^V-\d{6}$/.test(id)));
  });
});
