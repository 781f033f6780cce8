import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FOLDER } from './image.mjs';

const RESULTS = join(FOLDER, 'results.jsonl');

/** Everything measured so far, one line for each; of the same kind for the same case the last one counts. */
export function readResults(file = RESULTS) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const last = new Map();
  for (const line of lines.map((text) => JSON.parse(text))) last.set(`${line.kind} ${line.case}`, line);
  return [...last.values()];
}

export function keepResult(result, file = RESULTS) {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(result)}\n`);
}
