import { describe, expect, test } from '@jest/globals';
import { EnforceError } from '../../src/model/errors.ts';
import type { Evidence } from '../../src/model/finding.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { parsePlan } from '../../src/load/plan-file.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { aChange, aFinding, aHostPlan, aPlan, anUnreadHost } from '../support/a-plan.ts';

describe('a saved plan', () => {
  test('comes back as it was, whatever it holds', () => {
    const accepted = aFinding({
      exception: { reason: 'public load balancer', owner: 'netops', expires: '2027-01-31', ticket: 'NET-9' },
    });
    const plan = aPlan(
      [
        aHostPlan(
          [
            aChange(),
            aChange({ container: 'wide', widening: { refused: ['NET_RAW'], safe: ['CHOWN', 'SETUID'] } }),
            aChange({
              container: 'ftp',
              action: 'blocked',
              blocked: { because: '3 files would be lost', hint: '--carry, or except it' },
              owner: { kind: 'none' },
            }),
            aChange({ container: 'mail', action: 'excepted', because: [accepted], edits: [], portMoves: [] }),
          ],
          ['api', 'redis'],
        ),
        { ...aHostPlan([aChange({ host: 'web-2' })]), host: 'web-2' },
        anUnreadHost,
      ],
      ['exceptions.yml:3 matches nothing'],
    );

    const read = parsePlan(jsonText(planDocument(plan)), 'plan.json');

    expect(read).toEqual(plan);
  });

  test.each<[string, Evidence]>([
    ['capabilities', { kind: 'capabilities', effective: ['CHOWN'], excess: ['CHOWN'], privileged: true }],
    ['listeners', { kind: 'listeners', listeners: [{ protocol: 'udp', ip: '::', port: 53, process: 'named' }] }],
    ['a missing fact', { kind: 'unknown', missing: 'listeners' }],
  ])('keeps evidence of %s', (_name, evidence) => {
    const plan = aPlan([aHostPlan([aChange({ because: [aFinding({ evidence })] })])]);

    const read = parsePlan(jsonText(planDocument(plan)), 'plan.json');

    expect(read).toEqual(plan);
  });

  test('keeps the edits in their order and numbers to the last digit', () => {
    const edits = [
      {
        path: 'HostConfig.Ulimits',
        before: [{ Hard: 9223372036854775807n }],
        after: [{ Hard: -9223372036854775808n }],
      },
      { path: 'Config.Labels', before: null, after: { b: 1, a: 1.5e300 } },
      { path: 'HostConfig.Memory', before: 9007199254740993n, after: 0 },
    ];
    const plan = aPlan([aHostPlan([aChange({ edits })])]);

    const [host] = parsePlan(jsonText(planDocument(plan)), 'plan.json').hosts;

    expect(host?.reachable === true && host.changes[0]?.edits).toEqual(edits);
  });

  test('may have grown fields that this enforce does not know', () => {
    const plan = aPlan([aHostPlan([aChange()])]);
    const document = { ...planDocument(plan), format_version: '1.7', signed_by: 'a.lopez' };

    const read = parsePlan(jsonText(document), 'plan.json');

    expect(read).toEqual(plan);
  });
});

describe('a bad plan file', () => {
  const document = planDocument(aPlan([aHostPlan([aChange()])]));
  const [change] = document['changes'] as readonly JsonObject[];

  test.each<[string, string, string]>([
    ['is empty', '', 'plan.json: is not JSON'],
    ['is cut off', jsonText(document).slice(0, 900), 'plan.json: is not JSON'],
    ['holds a list', '[]', 'plan.json: is a list; expected a plan that enforce wrote'],
    ['has no version', '{}', 'plan.json: format_version: is empty; expected "1.0"'],
    ['is of another version', '{"format_version":"2.0"}', 'plan.json: format_version: is "2.0"; expected "1.0"'],
    ['is nested without end', '{"a":'.repeat(100_000), 'plan.json: is nested deeper than 100 levels'],
    ['is only open brackets in a string', `{"a":"${'['.repeat(500)}"`, 'plan.json: is not JSON'],
    [
      'lacks a part',
      jsonText({ ...document, playbook: undefined }),
      'plan.json: playbook: is missing; expected object',
    ],
    ['has a date that is none', jsonText({ ...document, created_at: 'now' }), 'expected a UTC time like'],
    ['has a word for a list', jsonText({ ...document, changes: 'none' }), 'changes: is "none"; expected array'],
    [
      'has an unknown action',
      jsonText({ ...document, changes: [{ ...change, action: 'destroy' }] }),
      'changes[0].action: is "destroy"; expected "recreate" or "blocked" or "excepted"',
    ],
    [
      'has a port that is none',
      jsonText({ ...document, changes: [{ ...change, port_moves: [{ proto: 'tcp', ip: '', from: 80, to: 1e6 }] }] }),
      'changes[0].port_moves[0].to: is 1000000; expected',
    ],
    [
      'has a setting after that was not before',
      jsonText({ ...document, changes: [{ ...change, after: { 'HostConfig.Privileged': true } }] }),
      'changes[0].after: is a mapping; expected the same paths as in before',
    ],
    [
      'sets a prototype',
      jsonText(document).replace('"after": {', '"after": {"__proto__": {"polluted": true},'),
      'changes[0].after: is a mapping; expected the same paths as in before',
    ],
    [
      'blocks without a reason',
      jsonText({ ...document, changes: [{ ...change, action: 'blocked' }] }),
      'changes[0].blocked: is empty; expected a reason where the action is "blocked", else null',
    ],
    [
      'has a change of a host it does not list',
      jsonText({ ...document, changes: [{ ...change, host: 'web-9' }] }),
      'changes: is a list; expected changes of hosts that are among "hosts"',
    ],
    [
      'lists a host twice',
      jsonText({
        ...document,
        hosts: [...(document['hosts'] as JsonObject[]), ...(document['hosts'] as JsonObject[])],
      }),
      'hosts: is a list; expected each host once',
    ],
  ])('that %s is one clear error', (_name, text, message) => {
    const parse = () => parsePlan(text, 'plan.json');

    expect(parse).toThrow(EnforceError);
    expect(parse).toThrow(expect.objectContaining({ code: 'bad-plan', hint: expect.stringContaining('plan -o') }));
    expect(parse).toThrow(message);
  });

  test('that is huge is refused before it is read', () => {
    const huge = ' '.repeat(65 * 1024 * 1024);

    expect(() => parsePlan(huge, 'plan.json')).toThrow('plan.json: is too large; expected a plan');
  });

  test('leaves no prototype changed', () => {
    const hostile = jsonText(document).replace('"warnings": [', '"__proto__": {"polluted": true}, "warnings": [');

    parsePlan(hostile, 'plan.json');

    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
