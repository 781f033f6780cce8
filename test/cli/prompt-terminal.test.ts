import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = new URL('../..', import.meta.url).pathname;
const hasScript = spawnSync('script', ['--version']).status === 0;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'enforce-prompt-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('on a real terminal (script, of util-linux)', () => {
  const onTerminal = hasScript ? test : test.skip;

  onTerminal('the keys are read one question at a time, and nothing of it goes to stdout', async () => {
    const printed = await type([
      { after: '(1/2) Apply', keys: 'v\r' },
      { after: 'nothing here writes audit records', keys: '' },
      { after: '(1/2) Apply', keys: 'y\r' },
      { after: '(2/2) Apply', keys: 'd\r' },
    ]);

    expect(await answers()).toEqual(['yes', 'none']);
    expect(printed).toContain('Apply this change to web-1/shop? [y,n,v,a,d,w,q,?] y');
  });

  onTerminal('a wrong key is gone when the next one is pressed', async () => {
    await type([
      { after: '(1/2) Apply', keys: 'x\r' },
      { after: 'one of', keys: 'y\r' },
      { after: '(2/2) Apply', keys: 'q\r' },
    ]);

    expect(await answers()).toEqual(['yes', 'quit']);
  });

  onTerminal('what was typed before the question answers nothing', async () => {
    await type([
      { after: '', keys: 'y\ry\ry\r' },
      { after: '(1/2) Apply', keys: 'n\r' },
      { after: '(2/2) Apply', keys: 'q\r' },
    ]);

    expect(await answers()).toEqual(['no', 'quit']);
  });

  onTerminal('Ctrl-C is an answer of its own and leaves the terminal usable', async () => {
    await type([
      { after: '(1/2) Apply', keys: '\u0003' },
      { after: '(2/2) Apply', keys: '\u0004' },
    ]);

    expect(await answers()).toEqual(['interrupted', 'quit']);
  });
});

interface Keys {
  readonly after: string;
  readonly keys: string;
}

/** Runs the questions on a pseudo-terminal, presses each keys when their text has appeared, and returns what was seen. */
async function type(script: readonly Keys[]): Promise<string> {
  const loader = join(ROOT, 'test/support/typescript-loader.mjs');
  const program = join(ROOT, 'test/support/ask-on-terminal.ts');
  const command = `"${process.execPath}" --import "${loader}" "${program}" >"${join(folder, 'answers')}"`;
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: ROOT, env: { PATH: process.env['PATH'] } });
  const waiting = [...script];
  let printed = '';
  let read = 0;
  const pressDue = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const at = printed.indexOf(next.after, read);
      if (at < 0) return;
      read = at + next.after.length;
      terminal.stdin.write(next.keys);
      waiting.shift();
    }
  };
  terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    pressDue();
  });
  pressDue();
  await new Promise((resolve) => terminal.once('close', resolve));
  return printed;
}

async function answers(): Promise<readonly unknown[]> {
  const lines = (await readFile(join(folder, 'answers'), 'utf8')).trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}
