import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createProgress } from '../../src/cli/progress.ts';
import type { Progress, ProgressOptions } from '../../src/cli/progress.ts';

const SHOP = { host: 'web-1', container: 'shop' };

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('progress on a terminal', () => {
  test('is one line that is drawn over and gone in the end', () => {
    const { screen, progress } = onTerminal({ hosts: 2 });

    progress.report({ event: 'host-started', host: 'web-1' });
    expect(screen()).toBe('0/2 hosts  web-1');
    progress.report({ event: 'host-started', host: 'web-2' });
    jest.advanceTimersByTime(2100);
    expect(screen()).toBe('0/2 hosts  web-1 2 s, web-2 2 s');
    progress.report({ event: 'host-done', host: 'web-1' });
    jest.advanceTimersByTime(100);
    expect(screen()).toBe('1/2 hosts  web-2 2 s');
    progress.report({ event: 'host-done', host: 'web-2' });
    expect(screen()).toBe('');
  });

  test('shows the step of each change, and from when it counts', () => {
    const { screen, progress } = onTerminal();

    progress.report({ event: 'change-started', ...SHOP });
    jest.advanceTimersByTime(3000);
    progress.report({ event: 'step', ...SHOP, step: 'waiting until it is healthy' });
    jest.advanceTimersByTime(1000);

    expect(screen()).toBe('web-1/shop waiting until it is healthy 1 s');
  });

  test('leaves the terminal to others while it is paused, whatever happens meanwhile', () => {
    const { screen, written, progress } = onTerminal();
    progress.report({ event: 'host-started', host: 'web-1' });

    progress.pause();
    const before = written();
    progress.report({ event: 'host-started', host: 'web-2' });
    jest.advanceTimersByTime(1000);

    expect(screen()).toBe('');
    expect(written()).toBe(before);

    progress.resume();

    expect(screen()).toBe('web-1 1 s, web-2 1 s');
  });

  test('comes back only when everyone who paused it is done', () => {
    const { screen, progress } = onTerminal();
    progress.report({ event: 'host-started', host: 'web-1' });

    progress.pause();
    progress.pause();
    progress.resume();

    expect(screen()).toBe('');

    progress.resume();

    expect(screen()).toBe('web-1');
  });

  test('writes only when there is something new to see, ten times a second at most', () => {
    const { writes, progress } = onTerminal();

    for (let step = 0; step < 50; step++) progress.report({ event: 'step', ...SHOP, step: `step ${step}` });
    jest.advanceTimersByTime(900);

    expect(writes()).toBe(2);
  });

  test('never wraps: what does not fit is cut', () => {
    const { screen, progress } = onTerminal({ columns: () => 20 });

    progress.report({ event: 'step', host: 'web-1', container: 'läden', step: 'waiting' });

    expect(screen()).toBe('web-1/läden waitin');
  });

  test('ends with the line taken away, and stays away', () => {
    const { screen, written, progress } = onTerminal();
    progress.report({ event: 'host-started', host: 'web-1' });

    progress.end();
    const before = written();
    jest.advanceTimersByTime(1000);

    expect(screen()).toBe('');
    expect(written()).toBe(before);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('progress elsewhere', () => {
  test('is a line for each event, without anything to obey', () => {
    const { written, progress } = watched({ isTerminal: false });

    progress.report({ event: 'host-started', host: 'web-1' });
    progress.report({ event: 'host-done', host: 'web-1', text: '14 containers' });
    progress.report({ event: 'change-started', ...SHOP });
    progress.report({ event: 'step', ...SHOP, step: 'stopped\u001b[2J' });
    progress.pause();
    progress.report({ event: 'change-ended', ...SHOP });
    progress.end();

    expect(written()).toBe(`\
web-1: started
web-1: 14 containers
web-1/shop: changing
web-1/shop: stopped\\u{1b}[2J
web-1/shop: done
`);
  });
});

function onTerminal(different: Partial<ProgressOptions> = {}) {
  return watched({ isTerminal: true, ...different });
}

interface Watched {
  readonly progress: Progress;
  /** What a terminal would show. */
  readonly screen: () => string;
  readonly written: () => string;
  readonly writes: () => number;
}

function watched(different: Partial<ProgressOptions>): Watched {
  const chunks: string[] = [];
  const stream = { write: (text: string) => chunks.push(text) };
  const options = { isTerminal: true, now: () => Date.now(), columns: () => 80, ...different };
  return {
    progress: createProgress(stream, options),
    screen: () => chunks.join('').split('\r\u001b[K').at(-1) ?? '',
    written: () => chunks.join(''),
    writes: () => chunks.length,
  };
}
