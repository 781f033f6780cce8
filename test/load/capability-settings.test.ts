import { describe, expect, test } from '@jest/globals';
import type { CapabilitySettings } from '../../src/model/playbook.ts';
import { readPlaybook } from '../../src/load/playbook.ts';

describe('what a playbook says of capabilities', () => {
  test('is read with its mode, its other answers, its profiles and what it says of single containers', () => {
    const settings = read(`mode: minimal
    instead: [sysctl, ulimit, sysctl]
    learned: [profiles/db.yml]
    containers:
      - match: { container: db, image: "postgres:*" }
        add: [chown, CAP_SETUID]
        reason: major upgrade
        expires: 2027-06-01
      - { match: { image: "ghcr.io/acme/*" }, mode: auto, floor: [KILL], never: [NET_RAW], ceiling: [KILL, CHOWN], reason: house rule }
      - { match: { container: vpn }, mode: pin, add: [NET_ADMIN], allow_add: [NET_ADMIN], unprivileged: true, reason: tunnel }`);

    expect(settings).toMatchObject({ mode: 'minimal', instead: ['sysctl', 'ulimit'], learned: ['profiles/db.yml'] });
    expect(settings?.containers).toEqual([
      {
        match: { container: 'db', image: 'postgres:*' },
        mode: 'pin',
        add: ['CHOWN', 'SETUID'],
        floor: [],
        never: [],
        allowAdd: [],
        isUnprivileged: false,
        reason: 'major upgrade',
        expires: '2027-06-01',
        source: 'cis.yml:7',
      },
      expect.objectContaining({ mode: 'auto', floor: ['KILL'], ceiling: ['KILL', 'CHOWN'], source: 'cis.yml:11' }),
      expect.objectContaining({ allowAdd: ['NET_ADMIN'], isUnprivileged: true, source: 'cis.yml:12' }),
    ]);
  });

  test('is the mode equivalent, and nothing of single containers, where it does not say', () => {
    expect(read('require: cis')).toMatchObject({ mode: 'equivalent', instead: [], learned: [], containers: [] });
  });

  test.each<[string, string, string]>([
    [
      'a capability that Linux does not have',
      'add: [CHWON]',
      'add[0]: is "CHWON", which Linux does not have (did you mean CHOWN?); expected the name of a capability such as NET_BIND_SERVICE',
    ],
    [
      'ALL in add',
      'add: [ALL]',
      'add[0]: is "ALL", which is every one of them; expected the name of a capability such as NET_BIND_SERVICE',
    ],
    [
      'ALL in a floor',
      'floor: [all]',
      'floor[0]: is "all", which is every one of them; expected the name of a capability such as NET_BIND_SERVICE',
    ],
    ['a pin of nothing said', 'mode: pin', 'add: is missing; expected the capabilities that a pin keeps, [] for none'],
    [
      'what a pin keeps without a pin',
      'mode: auto, add: [KILL]',
      'add: has no meaning with mode auto; expected floor for what is always kept, or mode pin',
    ],
    [
      'what is always and never kept',
      'floor: [KILL], never: [KILL]',
      'never: has KILL, which is always kept too; expected it in one of them',
    ],
    [
      'a floor above the ceiling',
      'floor: [KILL], ceiling: [CHOWN]',
      'ceiling: lacks KILL, which is always kept; expected a ceiling that has it',
    ],
    ['a mode nobody knows', 'mode: strict', 'mode: is "strict"; expected pin, auto, equivalent, minimal or cautious'],
    ['a key nobody knows', 'flor: [KILL]', 'flor: is not a known key; expected floor'],
    [
      'a day that is none',
      'expires: 2027-02-30',
      'expires: is "2027-02-30"; expected a day of the calendar such as 2027-01-31',
    ],
  ])('is refused with %s: file, line and key', (_what, entry, message) => {
    const text = `require: cis\n    containers:\n      - { match: { container: db }, reason: x, ${entry} }`;

    expect(() => read(text)).toThrow(`cis.yml:5: rules.linux-capabilities.containers[0].${message}`);
  });

  test.each([
    ['no reason', '{ match: { container: db } }', 'containers[0].reason: is missing; expected why it is so'],
    [
      'a match of everything unsaid',
      '{ match: {}, reason: x }',
      'containers[0].match: matches everything; expected container or image',
    ],
    ['another answer nobody knows', undefined, 'instead[0]: is "sysctls"; expected sysctl, ulimit or user'],
  ])('is refused with %s', (_what, entry, message) => {
    const text = entry === undefined ? 'instead: [sysctls]' : `containers:\n      - ${entry}`;

    expect(() => read(text)).toThrow(message);
  });
});

function read(settings: string): CapabilitySettings | undefined {
  const text = `rules:\n  linux-capabilities:\n    ${settings}\n`;
  return readPlaybook({ file: 'cis.yml', text, bytes: new TextEncoder().encode(text) }).rules['linux-capabilities'];
}
