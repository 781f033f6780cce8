// node bench/help.mjs [RUNS]: processor time of `enforce --help`, beside a node that has nothing to do. Needs a build.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENFORCE } from './support/lab-host.mjs';
import { inTurn, report } from './support/measure.mjs';

const folder = mkdtempSync(join(tmpdir(), 'enforce-bench-'));
const empty = join(folder, 'empty.cjs');
writeFileSync(empty, '');
// Ten at a time: the kernel counts processor time in hundredths of a second.
const subjects = [
  { name: 'enforce --help', command: [...ENFORCE, '--help'], repeat: 10 },
  { name: 'node empty.cjs', command: [process.execPath, empty], repeat: 10 },
];
report('help', subjects, await inTurn(subjects, Number(process.argv[2] ?? 5)));
rmSync(folder, { recursive: true });
