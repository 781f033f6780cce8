import { expect, test } from '@jest/globals';
import type { ObservationTools } from '../../src/observe/observe-containers.ts';
import { chooseProbe } from '../../src/observe/choose-probe.ts';
import { parseLine } from '../../src/observe/parse-line.ts';
import { failureOf } from '../support/failure-of.ts';

const HAS = ['syscalls/sys_exit_execve', 'syscalls/sys_exit_capset', 'sched/sched_process_fork', 'task/task_rename'];
const SETS = ['0', '1ffffffffff', '1ffffffffff', '1ffffffffff', '0'].map((mask) => mask.padStart(16, '0'));
const RIGHTS = `rights 0 0 0 0 0 0 0 0 ${SETS.join(' ')}`;
const WORDS = [3, ...Array.from({ length: 10 }, () => 0), 0, ...[1, 2, 3].flatMap(() => ['ffffffff', '1ff']), 0, 0];
const REST = [
  ...Array.from({ length: 14 }, () => 'aa'),
  'b744a7e0',
  'ffffffff',
  ...Array.from({ length: 12 }, () => 'bb'),
];
const MEMORY = `memory ffffffffb744a7e0 ${[...WORDS, ...REST].join(' ')}`;

interface Told {
  readonly has: readonly string[];
  readonly learn?: readonly string[];
  readonly begin?: readonly string[];
}

/** A host whose script says so, and what it was told. */
function hostWith({ has, learn = [], begin = [] }: Told) {
  const asked: string[] = [];
  const answers = (command: string): readonly string[] => {
    if (command === '') return ['event-fork', ...HAS, ...has].map((name) => `has ${name}`);
    if (command.startsWith('learn ')) return learn;
    return command.startsWith('begin ') ? begin : [];
  };
  const session: Parameters<typeof chooseProbe>[0] = {
    ask: (command, take) => {
      asked.push(command);
      for (const text of answers(command)) {
        const line = parseLine(text);
        if (line) take(line);
      }
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
  };
  const job = { host: 'web-1', bufferKibibytes: 8_192 } as Parameters<typeof chooseProbe>[2];
  const tools = { randomName: () => 'abcdef', tell: () => undefined } as unknown as ObservationTools;
  const openScript = (): never => {
    throw new Error('no second shell was to be opened');
  };
  return { choose: () => chooseProbe(session, openScript, job, tools), asked };
}

test('a kernel that does not describe its types is asked by where its credentials are found', async () => {
  const { choose, asked } = hostWith({ has: ['kprobes'], learn: [RIGHTS, MEMORY], begin: ['probed'] });

  await expect(choose()).resolves.toBe('kprobe');
  expect(asked).toEqual(['', 'size 8192', 'learn abcdef', 'begin abcdef 64 56 136']);
});

test('a kernel whose credentials are not found tells by its own event where it has one', async () => {
  const { choose, asked } = hostWith({ has: ['kprobes', 'capability/cap_capable'], learn: [RIGHTS] });

  await expect(choose()).resolves.toBe('tracepoint');
  expect(asked.at(-1)).toBe('begin abcdef');
});

test.each([
  [[RIGHTS], 'it does not describe its types, and it did not show what a check is given'],
  [['unprobed'], 'it takes no probe of its checks'],
])('a kernel that cannot be watched is told so, and why: %#', async (learn, because) => {
  const { choose } = hostWith({ has: ['kprobes'], learn });

  expect(await failureOf(choose)).toMatchObject({ message: expect.stringContaining(because) });
});

test('a kernel without kprobes is not asked where its credentials are', async () => {
  const { choose, asked } = hostWith({ has: [] });

  expect(await failureOf(choose)).toMatchObject({
    message: expect.stringContaining('no event of its own, and no kprobes'),
  });
  expect(asked.filter((command) => command.startsWith('learn'))).toEqual([]);
});
