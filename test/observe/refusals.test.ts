import { describe, expect, test } from '@jest/globals';
import type { Observed, ObservationTools } from '../../src/observe/observe-containers.ts';
import { observeContainers } from '../../src/observe/observe-containers.ts';
import type { RunningScript } from '../../src/transport/connection.ts';

const SHOP = { name: 'shop', id: '0c21'.repeat(16), pid: 7, held: ['CHOWN'], stopTimeout: null };
const HAS = [
  ...['syscalls/sys_exit_execve', 'syscalls/sys_exit_capset', 'sched/sched_process_fork', 'task/task_rename'],
  'event-fork',
];
const NEW = [...HAS, 'capability/cap_capable'].map((event) => `has ${event}`);

const tools: ObservationTools = {
  now: () => 0,
  timestamp: () => '2026-11-22T05:00:00.000Z',
  randomName: () => 'abcdef',
  pause: (_milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    }),
  tell: () => undefined,
};

/** A host whose script answers so: first unasked, then to each command by its first word; without an answer it ends. */
function host(first: readonly string[], answers: Readonly<Record<string, readonly string[]>> = {}) {
  const asked: string[] = [];
  const waiting: string[][] = [[...first, 'ready']];
  let wake: () => void = () => undefined;
  let isOver = false;
  async function* output(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = waiting.shift();
      if (next) yield Buffer.from(next.map((line) => `${line}\n`).join(''));
      else if (isOver) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const over = (): void => {
    isOver = true;
    wake();
  };
  const script: RunningScript = {
    output: output(),
    send(text) {
      asked.push(text.trim());
      const answer = answers[text.trim().split(' ')[0] ?? ''];
      if (answer) waiting.push([...answer, 'ready']);
      else isOver = true;
      wake();
    },
    end: over,
    ended: Promise.resolve({ exitCode: 1, stderr: 'sh: gone' }),
  };
  return { asked, isOver: () => isOver, connection: { openScript: () => Promise.resolve(script) } };
}

function observe(
  connection: Parameters<typeof observeContainers>[0],
  signal: AbortSignal = AbortSignal.abort(),
  containers = [SHOP],
): Promise<Observed> {
  const job = { host: 'web-1', containers, seconds: 60, restart: undefined, bufferKibibytes: 64 };
  return observeContainers(connection, { ...job, signal }, tools);
}

describe('a host that cannot be observed', () => {
  test('has no shell, and is told what else to do', async () => {
    await expect(observe({ openScript: undefined })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('without a shell'),
      hint: expect.stringContaining('ssh://'),
    });
  });

  test.each([
    [['refused root'], 'permission', 'become: true'],
    [['refused tracefs'], 'usage', 'pin the capabilities'],
    [HAS.map((event) => `has ${event}`), 'usage', 'Linux 6.14'],
    [['has capability/cap_capable'], 'usage', 'pin the capabilities'],
  ])('with %j is refused with a hint', async (first, code, hint) => {
    const { connection, isOver } = host(first, { size: [], begin: [] });

    await expect(observe(connection)).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) });
    expect(isOver()).toBe(true);
  });

  test.each([
    ['elsewhere 2', 'Docker Desktop'],
    ['unmade 2', 'instances'],
  ])('that says %s is refused with a hint', async (said, hint) => {
    const { connection, isOver } = host(NEW, { size: [], begin: [], watch: [said] });

    const observing = observe(connection, new AbortController().signal);

    await expect(observing).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining(hint) });
    expect(isOver()).toBe(true);
  });

  test('is asked for no more containers at once than its kernel has room for', async () => {
    const { connection, asked } = host(NEW);

    const observing = observe(
      connection,
      undefined,
      Array.from({ length: 17 }, () => SHOP),
    );

    await expect(observing).rejects.toMatchObject({ code: 'usage', hint: 'name at most 16' });
    expect(asked).toEqual([]);
  });
});

test('a host that is lost takes nothing with it of what was seen', async () => {
  const { connection } = host(NEW, {
    size: [],
    begin: [],
    watch: ['bounding 2 0000000000000001', 'engine 2 /proc/5/comm:containerd-shim', 'inside 2 /proc/7/task/7/comm:web'],
  });
  const quick: ObservationTools = {
    ...tools,
    pause: (milliseconds, signal) => (milliseconds > 10_000 ? tools.pause(milliseconds, signal) : Promise.resolve()),
  };
  const job = { host: 'web-1', containers: [SHOP], seconds: 60, restart: undefined, bufferKibibytes: 64 };

  const seen = await observeContainers(connection, { ...job, signal: new AbortController().signal }, quick);

  expect(seen).toMatchObject({
    brokenOff: { code: 'engine', message: 'the shell on web-1 ended (exit 1): sh: gone' },
    observations: [{ container: 'shop', uses: [], probe: 'tracepoint' }],
  });
  expect(seen.observations[0]?.blindSpots).toContain('the host was lost before the time was over');
});

test('a container that does not start again takes nothing from the others', async () => {
  const { connection } = host(NEW, {
    size: [],
    begin: [],
    await: [],
    record: [],
    drop: [],
    drain: [],
    idle: [],
    watch: ['bounding 6 0000000000000001', 'engine 6 /proc/5/comm:containerd-shim', 'watching 6'],
  });
  const restart = {
    stop: () => Promise.resolve(),
    start: ({ name }: { readonly name: string }) =>
      name === 'shop' ? Promise.reject(new Error('shop was stopped and did not start again')) : Promise.resolve(9),
  };
  const ending = new AbortController();
  const containers = [SHOP, { ...SHOP, name: 'web', id: 'ab12'.repeat(16) }];
  const job = { host: 'web-1', containers, seconds: 60, restart, bufferKibibytes: 64, signal: ending.signal };
  const tell = (text: string): void => {
    if (text.startsWith('web started')) ending.abort();
  };

  const seen = await observeContainers(connection, job, { ...tools, tell });

  expect(seen).toMatchObject({
    brokenOff: undefined,
    notWatched: [{ container: 'shop', error: { message: 'shop was stopped and did not start again' } }],
    observations: [{ container: 'web' }],
  });
});
