import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Paths, from the root, of the suites whose text has something in it, the longest texts first. */
export function suitesWith(pattern) {
  return readdirSync(join(ROOT, 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .filter((name) => pattern.test(readFileSync(join(ROOT, name), 'utf8')))
    .toSorted((one, other) => statSync(join(ROOT, other)).size - statSync(join(ROOT, one)).size);
}
