import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { failureOf } from '../support/failure-of.ts';
import { folderOf } from '../support/folder-of.ts';

const RULES = 'rules: { linux-capabilities: true }\n';
const LENGTH = 'a length of time such as 10s, 2m, 4h, 7d or 1h30m';
const OFFSET = 'an offset such as "+8000", from +1023 to +64512, or false to block ports that are not in the map';
const SETTINGS = 'settings, {} or true for the defaults, or false';
const CAPABILITY = 'the name of a capability such as NET_BIND_SERVICE';
const ports = (text: string): string => `rules:\n  privileged-host-port:\n    ${text}\n`;
const capabilities = (text: string): string => `rules:\n  linux-capabilities:\n    ${text}\n`;
const window = (text: string): string => `${RULES}windows:\n  - { name: a, timezone: UTC, ${text} }\n`;
const CRON = 'windows[0].schedule';

/** What is wrong, the file, and the message after the name of the file. */
const BAD: readonly (readonly [string, string, string])[] = [
  ['nothing', '', '1: the file is empty; expected a YAML document'],
  ['a list', '- a\n', '1: is a list; expected a playbook: a mapping with rules'],
  ['no rules', 'name: a\n', '1: rules: is missing; expected a mapping of rules to their settings'],
  ['rules that are empty', 'name: a\nrules:\n', '2: rules: is empty; expected a mapping of rules to their settings'],
  [
    'rules that enforce nothing',
    'name: a\nrules: { linux-capabilities: false }\n',
    '2: rules: enforces nothing; expected at least one rule',
  ],
  ['an unknown key', `${RULES}nmae: a\n`, '2: nmae: is not a known key; expected name'],
  [
    'a key like no other',
    `${RULES}notify: a\n`,
    '2: notify: is not a known key; expected name, hosts, containers, rules, auto_approve, rollout, health, keep, windows',
  ],
  [
    'an unknown rule',
    'rules:\n  linux-capabilites: true\n',
    '2: rules.linux-capabilites: is not a known key; expected linux-capabilities',
  ],
  [
    'the prototype as rule',
    'rules:\n  __proto__: true\n',
    '2: rules.__proto__: this key is not allowed; expected another name',
  ],
  [
    'a rule in words',
    'rules: { linux-capabilities: yes please }\n',
    `1: rules.linux-capabilities: is "yes please"; expected ${SETTINGS}`,
  ],
  [
    'a rule without a value',
    'rules:\n  linux-capabilities:\n',
    `2: rules.linux-capabilities: is empty; expected ${SETTINGS}`,
  ],
  [
    'an unknown setting of a rule',
    ports('fallback: "+8000"'),
    '3: rules.privileged-host-port.fallback: is not a known key; expected map, otherwise',
  ],
  [
    'a setting of a rule that has none',
    'rules: { host-network-privileged-listener: { a: 1 } }\n',
    '1: rules.host-network-privileged-listener.a: is not a known key; expected no keys',
  ],
  [
    'a new port below 1024',
    ports('map: { 80: 81 }'),
    '3: rules.privileged-host-port.map.80: is 81; expected a port from 1024 to 65535',
  ],
  [
    'a new port in words',
    ports('map: { 80: http }'),
    '3: rules.privileged-host-port.map.80: is "http"; expected a port from 1024 to 65535',
  ],
  [
    'an old port above 1023',
    ports('map:\n      80: 8080\n      8080: 8081'),
    '5: rules.privileged-host-port.map.8080: is "8080"; expected a privileged port, 1 to 1023, as key',
  ],
  [
    'a port twice',
    ports('map:\n      80: 8080\n      "80": 8081'),
    '5: rules.privileged-host-port.map.80: the key is already on line 4; expected it once',
  ],
  [
    'an offset too small',
    ports('otherwise: "+1022"'),
    `3: rules.privileged-host-port.otherwise: is "+1022"; expected ${OFFSET}`,
  ],
  [
    'an offset too large',
    ports('otherwise: 65000'),
    `3: rules.privileged-host-port.otherwise: is 65000; expected ${OFFSET}`,
  ],
  ['otherwise: true', ports('otherwise: true'), `3: rules.privileged-host-port.otherwise: is true; expected ${OFFSET}`],
  [
    'an unknown word',
    capabilities('add: atuo'),
    '3: rules.linux-capabilities.add: is "atuo"; expected auto or profiles',
  ],
  [
    'ALL',
    capabilities('profiles: { "nginx:*": [ALL] }'),
    `3: rules.linux-capabilities.profiles.nginx:*[0]: is "ALL", which is every one of them; expected ${CAPABILITY}`,
  ],
  [
    'a capability that is none',
    capabilities('profiles:\n      "nginx:*":\n        - CHOWN\n        - NET_ROW'),
    `6: rules.linux-capabilities.profiles.nginx:*[1]: is "NET_ROW", which Linux does not have (did you mean NET_RAW?); expected ${CAPABILITY}`,
  ],
  [
    'capabilities in a word',
    capabilities('profiles: { "nginx:*": CHOWN }'),
    '3: rules.linux-capabilities.profiles.nginx:*: is "CHOWN"; expected a list of capabilities, [] for none',
  ],
  [
    'globs in a word',
    `${RULES}containers: { exclude: "*-ci-*" }\n`,
    '2: containers.exclude: is "*-ci-*"; expected a list: globs of container names',
  ],
  [
    'an empty glob',
    `${RULES}containers: { protect: [""] }\n`,
    '2: containers.protect[0]: is ""; expected globs of container names',
  ],
  ['no batch', `${RULES}rollout: { batches: [] }\n`, '2: rollout.batches: is empty; expected at least one batch'],
  [
    'a batch of none',
    `${RULES}rollout: { batches: [1, 0] }\n`,
    '2: rollout.batches[1]: is 0; expected a number of hosts or a share such as 25%',
  ],
  [
    'a share above all',
    `${RULES}rollout: { max_changes: 120% }\n`,
    '2: rollout.max_changes: is "120%"; expected a number of changes or a share of the containers such as 20%',
  ],
  [
    'no failure allowed',
    `${RULES}rollout: { max_failures: 0 }\n`,
    '2: rollout.max_failures: is 0; expected a number of failures, at least 1, or a share of the changes such as 5%',
  ],
  ['a pause without unit', `${RULES}rollout: { pause: 30 }\n`, `2: rollout.pause: is 30; expected ${LENGTH}`],
  ['a length in words', `${RULES}keep: a week\n`, `2: keep: is "a week"; expected ${LENGTH}`],
  ['a length that is negative', `${RULES}keep: -7d\n`, `2: keep: is "-7d"; expected ${LENGTH}`],
  [
    'another way to fail',
    `${RULES}health: { on_failure: continue }\n`,
    '2: health.on_failure: is "continue"; expected rollback',
  ],
  [
    'a deadline too short',
    `${RULES}health: { healthy_for: 3m }\n`,
    '2: health.healthy_for: leaves no time to become healthy (healthy_for 180s, deadline 120s); expected a deadline that is longer',
  ],
  [
    'a window without zone',
    `${RULES}windows:\n  - { name: a, schedule: "0 22 * * SAT", duration: 4h }\n`,
    '3: windows[0].timezone: is missing; expected a time zone such as Europe/Berlin',
  ],
  [
    'an unknown zone',
    `${RULES}windows: [{ name: a, schedule: "0 22 * * SAT", duration: 4h, timezone: Mars/Base }]\n`,
    '2: windows[0].timezone: is "Mars/Base"; expected a time zone such as Europe/Berlin',
  ],
  [
    'a window that never says when',
    window('deny: true'),
    '3: windows[0]: opens at no clear time; expected schedule and duration, or from and to',
  ],
  [
    'a window that says it twice',
    window('schedule: "0 22 * * *", duration: 4h, from: "2026-12-19 00:00"'),
    '3: windows[0]: opens at no clear time; expected schedule and duration, or from and to',
  ],
  [
    'a window of no length',
    window('schedule: "0 22 * * *", duration: 0s'),
    '3: windows[0].duration: is no time at all; expected a length such as 4h',
  ],
  [
    'a window that ends before it begins',
    window('from: "2027-01-04 00:00", to: "2026-12-19 00:00"'),
    '3: windows[0].to: is not after from (2027-01-04 00:00); expected a later moment',
  ],
  [
    'a day that is none',
    window('from: "2026-02-30 00:00", to: "2026-12-19 00:00"'),
    '3: windows[0].from: is "2026-02-30 00:00"; expected a moment such as "2026-12-19 00:00"',
  ],
  [
    'six fields',
    window('schedule: "0 0 22 * * SAT", duration: 4h'),
    `3: ${CRON}: has 6 fields; expected five: minute, hour, day of the month, month, day of the week`,
  ],
  [
    'a minute too high',
    window('schedule: "60 22 * * SAT", duration: 4h'),
    `3: ${CRON}: has "60" as minute; expected 0 to 59, *, or a list, range or step of them`,
  ],
  [
    'both kinds of day',
    window('schedule: "0 22 8-14 * TUE", duration: 4h'),
    `3: ${CRON}: names days of the month and of the week, and cron opens on either; expected one of them (TUE#2 is the second Tuesday)`,
  ],
  [
    'a window name twice',
    `${RULES}windows:\n  - &w { name: a, timezone: UTC, schedule: "0 22 * * *", duration: 4h }\n  - { <<: *w, deny: true }\n  - { name: a, timezone: UTC, schedule: "0 2 * * *", duration: 4h }\n`,
    '4: windows[1].name: "a" names another window too; expected a name of its own\nFILE:5: windows[2].name: "a" names another window too; expected a name of its own',
  ],
];

describe('a playbook that is wrong', () => {
  test.each(BAD)('with %s is one error with its line', async (_, text, message) => {
    const file = join(folderOf({ 'shop.yml': text }), 'shop.yml');

    const failure = await failureOf(() => loadPlaybook(file));

    expect(failure.code).toBe('bad-playbook');
    expect(failure.message.replaceAll(file, 'FILE')).toBe(`FILE:${message}`);
  });

  test('tells several problems together, by line, and not without end', async () => {
    const rules = Array.from({ length: 9 }, (_, index) => `      ${8000 + index}: 1`).join('\n');
    const file = join(folderOf({ 'shop.yml': `keep: x\n${ports(`map:\n${rules}`)}` }), 'shop.yml');

    const { message } = await failureOf(() => loadPlaybook(file));

    expect(message.split('\n').map((line) => line.replace(file, 'FILE').split(':').slice(0, 3).join(':'))).toEqual([
      'FILE:1: keep',
      ...[5, 6, 7, 8].map((line) => `FILE:${line}: rules.privileged-host-port.map.${7995 + line}`),
      'FILE: and 5 more',
    ]);
  });

  test.each([
    ['that is not there', 'gone.yml', 'no such file or directory; expected a file that can be read'],
    ['that is a directory', 'folder', 'is a directory; expected a file'],
    ['under a file', 'shop.yml/inner', 'a part of the path is not a directory; expected a file that can be read'],
  ])('a file %s is one error', async (_, name, message) => {
    const path = join(folderOf({ 'shop.yml': RULES, 'folder/inner.yml': RULES }), name);

    const failure = await failureOf(() => loadPlaybook(path));

    expect({ code: failure.code, message: failure.message }).toEqual({
      code: 'bad-playbook',
      message: `${path}: ${message}`,
    });
  });
});
