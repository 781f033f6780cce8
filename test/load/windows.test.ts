import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { hostWindows, windowWarnings } from '../../src/load/host-windows.ts';
import { readPlaybook } from '../../src/load/playbook.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { aFreeze, aWindow } from '../support/a-window.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INVENTORY: Inventory = {
  hosts: [host('web-1', 'web'), host('web-2', 'web', 'prod'), host('edge-1', 'edge')],
  warnings: [],
};

describe('the windows of a host', () => {
  test('are those whose pattern names it, and those without one', () => {
    const windows = [
      aWindow({ name: 'everywhere' }),
      aWindow({ name: 'some', hosts: 'web:!prod' }),
      aFreeze({ name: 'edges', hosts: 'edge-*' }),
    ];

    const found = [...hostWindows(windows, INVENTORY)].map(([name, own]) => [name, own.map((window) => window.name)]);

    expect(found).toEqual([
      ['web-1', ['everywhere', 'some']],
      ['web-2', ['everywhere']],
      ['edge-1', ['everywhere', 'edges']],
    ]);
  });

  test('of a pattern that names nobody are an error: a freeze would keep nobody out', () => {
    expect(() => hostWindows([aFreeze({ hosts: 'wbe' })], INVENTORY)).toThrow(
      'window freeze: no host or group matches "wbe" (did you mean web?)',
    );
  });
});

describe('a window', () => {
  test.each(['EST', 'MST', 'Etc/GMT-2'])('by the clock of %s is told of: it never changes', (timezone) => {
    expect(windowWarnings([aWindow({ timezone })])).toEqual([expect.stringContaining(`the clock of ${timezone}`)]);
  });

  test.each(['UTC', 'Europe/Berlin', 'America/New_York', 'EST5EDT'])('by the clock of %s is not', (timezone) => {
    expect(windowWarnings([aWindow({ timezone })])).toEqual([]);
  });

  test.each([
    [
      'that never closes',
      'schedule: "0 * * * *", duration: 1h',
      'duration: lasts until it begins again: it never closes',
    ],
    ['that never closes, daily', 'schedule: "0 22 * * *", duration: 25h', 'duration: lasts until it begins again'],
    ['that never comes', 'schedule: "0 4 31 2 *", duration: 1h', 'schedule: never comes; expected days'],
    ['that is a set of minutes', 'schedule: "* 22-23 * * 1-5", duration: 1h', 'schedule: begins 120 times on a day'],
    ['that is too short for the health gate', 'schedule: "0 22 * * *", duration: 2m', 'duration: is too short for any'],
  ])('%s is refused', (_what, text, because) => {
    expect(() => read(text)).toThrow(`windows[0].${because}`);
  });

  test.each([
    'schedule: "0 22 * * *", duration: 23h59m',
    'schedule: "*/15 22 * * *", duration: 15m',
    'schedule: "0 22 29 2 *", duration: 7d',
    'schedule: "0 8 * * 1-5", duration: 24h',
    'schedule: "0 22 * * *", duration: 1m, deny: true',
  ])('with %s is taken', (text) => {
    expect(read(text).windows).toHaveLength(1);
  });

  test('may be for some hosts only', () => {
    expect(read('schedule: "0 22 * * SAT", duration: 4h, hosts: "web:!canary"').windows).toMatchObject([
      { hosts: 'web:!canary' },
    ]);
  });
});

test('the windows that docs/windows.md shows are taken', () => {
  const [, shown = ''] = /```yaml\n([^`]+)```/.exec(readFileSync(`${ROOT}docs/windows.md`, 'utf8')) ?? [];
  const text = `rules: { linux-capabilities: true }\n${shown}`;

  const { windows } = readPlaybook({ file: 'docs/windows.md', text, bytes: Buffer.from(text) });

  expect(windows.map(({ name, deny }) => [name, deny])).toEqual([
    ['weekend', false],
    ['patch-tuesday', false],
    ['freeze', true],
  ]);
});

function read(text: string) {
  const playbook = `rules: { linux-capabilities: true }\nwindows: [{ name: a, timezone: Europe/Berlin, ${text} }]\n`;
  return readPlaybook({ file: 'playbook.yml', text: playbook, bytes: Buffer.from(playbook) });
}

function host(name: string, ...groups: readonly string[]): Inventory['hosts'][number] {
  return { name, address: { kind: 'unix', path: '/' }, groups: ['all', ...groups].toSorted() };
}
