import { describe, expect, test } from '@jest/globals';
import type { Inventory } from '../../src/model/inventory.ts';
import { readHostList } from '../../src/load/host-list.ts';
import { selectHosts } from '../../src/load/select-hosts.ts';
import { failureOf } from '../support/failure-of.ts';
import { surroundingsOf } from '../support/inventory-of.ts';

const INVENTORY = inventory({
  'web-1': ['canary', 'prod', 'web'],
  'web-2': ['prod', 'web'],
  'web-3': ['test', 'web'],
  'db-1': ['db', 'prod'],
  '2001:db8::7': [],
  lone: [],
});

describe('a host pattern', () => {
  test.each<[string | undefined, string]>([
    [undefined, 'web-1 web-2 web-3 db-1 2001:db8::7 lone'],
    ['all', 'web-1 web-2 web-3 db-1 2001:db8::7 lone'],
    ['web', 'web-1 web-2 web-3'],
    ['db-1', 'db-1'],
    ['db-1,web-2', 'web-2 db-1'],
    ['db:web', 'web-1 web-2 web-3 db-1'],
    ['web:&prod', 'web-1 web-2'],
    ['web:&prod:!canary', 'web-2'],
    ['!canary:&prod:web', 'web-2'],
    ['web,!canary,&prod', 'web-2'],
    ['!web', 'db-1 2001:db8::7 lone'],
    ['&prod', 'web-1 web-2 db-1'],
    ['web-*', 'web-1 web-2 web-3'],
    ['*-1:!db', 'web-1'],
    ['web-?', 'web-1 web-2 web-3'],
    ['ungrouped', '2001:db8::7 lone'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]:lone', '2001:db8::7 lone'],
    ['ungrouped:!2001*', 'lone'],
    ['all,!2001:db8::7,!web', 'db-1 lone'],
    [' web-1 , db-1 ', 'web-1 db-1'],
  ])('%s', (pattern, expected) => {
    const hosts = selectHosts(INVENTORY, pattern);

    expect(hosts.map(({ name }) => name).join(' ')).toBe(expected);
  });

  test.each([
    ['wbe', 'no host or group matches "wbe" (did you mean web?)'],
    ['web:!canray', 'no host or group matches "canray" (did you mean canary?)'],
    ['web:&production', 'no host or group matches "production"'],
    ['web-9*', 'no host or group matches "web-9*" (did you mean web-1?)'],
    ['web:&db', 'no host is left of the pattern "web:&db"; expected at least one'],
    ['web:!web', 'no host is left of the pattern "web:!web"; expected at least one'],
    ['', 'the host pattern is empty; expected a host, a group, a glob or all'],
    [' , ', 'the host pattern is empty; expected a host, a group, a glob or all'],
    ['!', 'no host or group matches ""'],
    ['2001:db8::8', 'no host or group matches "2001:db8::8" (did you mean 2001:db8::7?)'],
    ['@retry.txt', 'the list @retry.txt was not read; expected hosts and groups'],
    ['\u001b[2J', 'no host or group matches "\\u001b"'],
  ])('%j is an error, never an empty answer', async (pattern, message) => {
    const failure = await failureOf(() => selectHosts(INVENTORY, pattern));

    expect({ code: failure.code, message: failure.message }).toEqual({ code: 'usage', message });
  });

  test('of an inventory without hosts is an error', async () => {
    const failure = await failureOf(() => selectHosts({ hosts: [], warnings: [] }, undefined));

    expect(failure.message).toBe('the inventory has no hosts; expected at least one');
  });
});

describe('a list of hosts in a file', () => {
  test('takes its place in the pattern', async () => {
    const surroundings = surroundingsOf({ 'retry.txt': '# failed\nweb-1\n\n db-1 # again\n' });

    expect(await readHostList('@retry.txt,lone', surroundings)).toBe('web-1,db-1,lone');
    expect(await readHostList('web:!canary', surroundings)).toBe('web:!canary');
  });

  test.each([
    ['without hosts', '@empty.txt', 'empty.txt: lists no host; expected one on each line'],
    ['that is not there', '@gone.txt', 'gone.txt: no such file or directory; expected a file that can be read'],
  ])('%s is an error', async (_, pattern, message) => {
    const failure = await failureOf(() => readHostList(pattern, surroundingsOf({ 'empty.txt': '# nothing failed\n' })));

    expect({ code: failure.code, message: failure.message }).toEqual({ code: 'usage', message });
  });
});

function inventory(hosts: Readonly<Record<string, readonly string[]>>): Inventory {
  return {
    hosts: Object.entries(hosts).map(([name, groups]) => ({
      name,
      groups: ['all', ...groups],
      address: { kind: 'ssh', hostName: name, become: false },
    })),
    warnings: [],
  };
}
