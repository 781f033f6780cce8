import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const FOLDER = 'test/fidelity';

test('every row of docs/fidelity.md has a test whose name begins with it, and every such test has its row', () => {
  const named = new Set(readdirSync(FOLDER).flatMap((name) => rowsTested(readFileSync(join(FOLDER, name), 'utf8'))));
  const rows = [...readFileSync('docs/fidelity.md', 'utf8').matchAll(/^\| (?!row\b|-)(\w+) +\|/gm)].map(
    ([, row = '']) => row,
  );

  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([]);
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
  expect([...named].filter((row) => !rows.includes(row))).toEqual([]);
});

/** Names begin with their row and a colon; those of a list of settings or sentences stand in the list. */
function rowsTested(text: string): readonly string[] {
  const titles = [...text.matchAll(/(?<=['"])([A-Z]\w*)(?=: )/g)].map(([, row = '']) => row);
  const settings = /const SETTINGS\b[^{]*\{(?<list>[\s\S]*?)\n\};/.exec(text)?.groups?.['list'] ?? '';
  const listed = [...settings.matchAll(/^ {2}([A-Z]\w*):/gm)].map(([, row = '']) => row);
  const fields = [...text.matchAll(/^ {4}\['([A-Z]\w+)', (?:\{|'gone'|'4096')/gm)].map(([, row = '']) => row);
  return [...titles, ...listed, ...fields];
}
