import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { expiredExceptions, loadExceptions } from '../../src/load/exceptions.ts';
import { type Exception, isInForce } from '../../src/model/playbook.ts';
import { failureOf } from '../support/failure-of.ts';
import { folderOf } from '../support/folder-of.ts';

const ONE = `- rule: privileged-host-port
  match: { container: mail }
  reason: mail arrives on 25
  owner: a.lopez
  expires: 2027-01-31
`;

describe('a file of exceptions', () => {
  test('is read in every part, each with its line', async () => {
    const folder = folderOf({
      'a.yml': `# accepted\n${ONE}`,
      'b.yml': `
- rule: linux-capabilities
  match: { host: "lb-*", image: "haproxy:*", label: "com.example.role=vpn" }
  ports: [80, 53/udp]
  capabilities: [CAP_NET_ADMIN, net_raw]
  justification: builds its own tunnels
  owner: netops
  expired_at: 2027-06-30
  ticket: NET-9
`,
    });
    const [a, b] = [join(folder, 'a.yml'), join(folder, 'b.yml')];

    const { exceptions } = await loadExceptions([a, b]);

    expect(exceptions).toEqual([
      {
        rule: 'privileged-host-port',
        match: { container: 'mail' },
        ports: [],
        capabilities: [],
        reason: 'mail arrives on 25',
        owner: 'a.lopez',
        expires: '2027-01-31',
        source: `${a}:2`,
      },
      {
        rule: 'linux-capabilities',
        match: { host: 'lb-*', image: 'haproxy:*', label: 'com.example.role=vpn' },
        ports: ['80/tcp', '53/udp'],
        capabilities: ['NET_ADMIN', 'NET_RAW'],
        reason: 'builds its own tunnels',
        owner: 'netops',
        expires: '2027-06-30',
        ticket: 'NET-9',
        source: `${b}:2`,
      },
    ]);
  });

  test('changes the digest with every byte', async () => {
    const folder = folderOf({ 'a.yml': ONE, 'b.yml': `${ONE}\n`, 'none.yml': '[]\n' });
    const digestOf = async (...names: string[]): Promise<string> =>
      (await loadExceptions(names.map((name) => join(folder, name)))).digest;

    expect(await digestOf()).toBe(`sha256:${createHash('sha256').digest('hex')}`);
    expect(await digestOf('a.yml')).toBe(`sha256:${createHash('sha256').update(ONE).digest('hex')}`);
    expect(new Set([await digestOf('a.yml'), await digestOf('b.yml'), await digestOf('none.yml')]).size).toBe(3);
  });
});

describe('the last day of an exception', () => {
  test.each([
    ['2027-01-30T12:00:00Z', true],
    ['2027-01-31T00:00:00Z', true],
    ['2027-01-31T23:59:59.999Z', true],
    ['2027-02-01T00:00:00Z', false],
    ['2028-01-01T00:00:00Z', false],
  ])('seen from %s, it holds: %p', (now, holds) => {
    const exception = { expires: '2027-01-31' } as Exception;

    expect(isInForce(exception, new Date(now))).toBe(holds);
  });

  test('is told in a warning once it is over', async () => {
    const file = join(
      folderOf({ 'exceptions.yml': `${ONE}${ONE.replace('2027-01-31', '2026-11-20')}` }),
      'exceptions.yml',
    );
    const exceptions = await loadExceptions([file]);

    const warnings = expiredExceptions(exceptions, new Date('2026-11-22T09:00:00Z'));

    expect(exceptions.exceptions).toHaveLength(2);
    expect(warnings).toEqual([`${file}:6: the exception for privileged-host-port expired on 2026-11-20; ask a.lopez`]);
  });
});

const RULES = 'privileged-host-port, linux-capabilities or host-network-privileged-listener';
const DAY = 'a day of the calendar such as 2027-01-31';
const without = (key: string): string =>
  ONE.replace(new RegExp(`^(- |  )${key}:.*\n`, 'm'), key === 'rule' ? '- ticket: T-1\n' : '');

/** What is wrong, the file, and the message after the name of the file. */
const BAD: readonly (readonly [string, string, string])[] = [
  ['nothing', '# none yet\n', '1: the file is empty; expected a YAML document'],
  ['a mapping', 'rule: privileged-host-port\n', '1: is a mapping; expected a list of exceptions, [] for none'],
  [
    'a word in the list',
    '- mail\n',
    '1: [0]: is "mail"; expected an exception: rule, match, reason, owner and expires',
  ],
  ['no rule', without('rule'), `1: [0].rule: is missing; expected ${RULES}`],
  ['no match', without('match'), '1: [0].match: is missing; expected a mapping of host, container, image and label'],
  ['no reason', without('reason'), '1: [0].reason: is missing; expected why it is accepted'],
  ['no owner', without('owner'), '1: [0].owner: is missing; expected who answers for it'],
  ['no end', without('expires'), '1: [0].expires: is missing; expected its last day such as 2027-01-31'],
  ['a blank reason', ONE.replace('mail arrives on 25', '" "'), '3: [0].reason: is " "; expected why it is accepted'],
  ['an unknown rule', ONE.replace('host-port', 'hostport'), `1: [0].rule: is "privileged-hostport"; expected ${RULES}`],
  [
    'an unknown key',
    `${ONE}  until: 2027\n`,
    '6: [0].until: is not a known key; expected rule, match, ports, capabilities, reason, justification, owner, expires, expiration_date, expired_at, ticket',
  ],
  ['a misspelt key', ONE.replace('expires', 'expries'), '5: [0].expries: is not a known key; expected expires'],
  ['a day that is none', ONE.replace('01-31', '02-29'), `5: [0].expires: is "2027-02-29"; expected ${DAY}`],
  ['a day in words', ONE.replace('2027-01-31', 'never'), `5: [0].expires: is "never"; expected ${DAY}`],
  [
    'two ends',
    `${ONE}  expired_at: 2027-02-01\n`,
    '6: [0].expired_at: means expires, which is given too; expected one of them',
  ],
  [
    'a match of everything',
    ONE.replace('{ container: mail }', '{}'),
    '2: [0].match: matches everything; expected host, container, image or label (host: "*" if everything is meant)',
  ],
  [
    'a misspelt match',
    ONE.replace('container', 'contianer'),
    '2: [0].match.contianer: is not a known key; expected container',
  ],
  [
    'a match in a word',
    ONE.replace('{ container: mail }', 'mail'),
    '2: [0].match: is "mail"; expected a mapping of host, container, image and label',
  ],
  [
    'a port out of range',
    `${ONE}  ports: [80/tcp, 70000/tcp]\n`,
    '6: [0].ports[1]: is "70000/tcp"; expected a host port such as 80/tcp',
  ],
  [
    'a port of no protocol',
    `${ONE}  ports: [80/http]\n`,
    '6: [0].ports[0]: is "80/http"; expected a host port such as 80/tcp',
  ],
  [
    'a capability that is none',
    `${ONE}  capabilities: [NET_ADMN]\n`,
    '6: [0].capabilities[0]: is "NET_ADMN", which Linux does not have (did you mean NET_ADMIN?); expected the name of a capability such as NET_BIND_SERVICE',
  ],
  ['a key twice', `${ONE}  owner: netops\n`, '6: [0].owner: the key is already on line 4; expected it once'],
];

describe('a file of exceptions that is wrong', () => {
  test.each(BAD)('with %s is one error with its line', async (_, text, message) => {
    const file = join(folderOf({ 'exceptions.yml': text }), 'exceptions.yml');

    const failure = await failureOf(() => loadExceptions([file]));

    expect({ code: failure.code, message: failure.message }).toEqual({
      code: 'bad-exceptions',
      message: `${file}:${message}`,
    });
  });
});
