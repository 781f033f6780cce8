import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { createKeyboard } from '../support/keyboard.ts';
import { type Ended, operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

const HOSTS = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'];
const KEYS = '[y,n,v,e,q,?]';

let fleet: EmbeddedFleet;
let operator: Operator;
beforeEach(async () => {
  fleet = await shopFleet(HOSTS);
  operator = operatorOf(fleet, QUICK_PLAYBOOK.replace('rollout: {', 'rollout: { batches: [1, 100%],'));
  for (const host of HOSTS) serve(fleet.engine(host), 'web', 80);
});
afterEach(async () => {
  operator.leave();
  await fleet.close();
});

describe('a person who is asked about the same change on many hosts', () => {
  test('is asked once, with y for all of them, which go on as with --yes', async () => {
    const { exitCode, stderr } = await answer([], ['web on 5 hosts?', 'y']);

    expect(exitCode).toBe(0);
    expect(stderr.split('-/+ web')).toHaveLength(2);
    expect(stderr).toMatch(/ on +web-1, web-2, web-3 and 2 more\r?\n[^]*\(5 of 5\)/);
    expect(stderr).toMatch(/batch 1 \(canary\): web-1\r?\n[^]*batch 2: web-2/);
    expect(running()).toEqual(HOSTS.map(() => 'web running 8080'));
  });

  test('leaves it on all of them with n, and nobody connects to them again', async () => {
    serve(fleet.engine('web-3'), 'mail', 25);

    const { exitCode, stdout } = await answer([], [KEYS, 'n'], ['mail? [y', 'y']);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}skipped: declined/);
    expect(stdout).toMatch(/web-3\/mail {2}applied/);
    expect(running()).toEqual([
      ...HOSTS.slice(0, 2).map(() => 'web running 80'),
      'mail running 8025',
      ...HOSTS.slice(2).map(() => 'web running 80'),
    ]);
    expect(HOSTS.map((host) => fleet.hosts.get(host)?.connections())).toEqual([2, 2, 3, 2, 2]);
  });

  test('sees every reason and every host with v, and what the keys are with ?', async () => {
    const { stderr } = await answer(
      [],
      [KEYS, 'v'],
      ['web-1 web-2 web-3'],
      [KEYS, '?'],
      ['ask about each'],
      [KEYS, 'n'],
    );

    expect(stderr).toMatch(/at worst +\d+ s[^]*reasons +as they are on web-1\s+on +web-1 web-2 web-3 web-4 web-5/);
  });

  test('is asked host by host with e', async () => {
    const { exitCode } = await answer(
      ['-l', 'web-1,web-2,web-3'],
      [KEYS, 'e'],
      ['(1/3) Apply this change to web-1/web?', 'y'],
      ['(2/3) Apply this change to web-2/web?', 'n'],
      ['(3/3) Apply this change to web-3/web?', 'y'],
    );

    expect(exitCode).toBe(2);
    expect(running().slice(0, 3)).toEqual(['web running 8080', 'web running 80', 'web running 8080']);
  });

  test('takes another key, or none, for no answer', async () => {
    const { exitCode } = await answer([], [KEYS, ''], ['one of y n v e q ?', 'a'], ['one of y n v e q ?', '\u007fn']);

    expect(exitCode).toBe(2);
    expect(HOSTS.flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
  });

  test.each([
    ['q', 2, 'ended by the operator'],
    ['\u0003', 130, 'ended by the operator'],
  ])('ends it with %j before anything is begun', async (key, expected, because) => {
    const { exitCode, stdout } = await answer([], [KEYS, key]);

    expect(exitCode).toBe(expected);
    expect(stdout).toContain(`web-1/web  skipped: ${because}`);
    expect(HOSTS.flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
  });

  test('who said yes to all is not asked again after a canary that failed: nothing more is begun', async () => {
    for (const host of HOSTS) serve(fleet.engine(host), 'recorder', 554);

    const { exitCode, stdout } = await answer(['--container', 'recorder'], ['recorder on 5 hosts', 'y']);

    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/web-1\/recorder {2}rolled back[^]*web-5\/recorder {2}deferred/);
  });

  test('is asked about the hosts that differ by themselves', async () => {
    serve(fleet.engine('web-4'), 'shop', 81);

    const { stderr } = await answer([], ['web on 5 hosts', 'n'], ['web-4/shop?', 'n']);

    expect([stderr.split('-/+ web').length, stderr.split('-/+ shop').length]).toEqual([2, 2]);
  });
});

describe('a person whose playbook has auto_approve', () => {
  const playbook = (rules: string): readonly string[] => [
    '-p',
    operator.write('approving.yml', `${QUICK_PLAYBOOK}auto_approve: [${rules}]\n`),
  ];

  test('is not asked where each rule is named, and is told what is done', async () => {
    const words = [...playbook('privileged-host-port'), '--rule', 'privileged-host-port'];

    const { exitCode, stderr } = await answer(words);

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /\*:80 → \*:8080[^]*approved by the playbook \(auto_approve\): web on web-1, web-2, web-3 and 2/,
    );
    expect(stderr).not.toContain('Apply this change');
    expect(running()).toEqual(HOSTS.map(() => 'web running 8080'));
  });

  test('is asked where a change has another rule too, and why', async () => {
    const { stderr } = await answer(playbook('privileged-host-port'), [KEYS, 'n']);

    expect(stderr).toContain('asked about: auto_approve does not name linux-capabilities');
    expect(HOSTS.flatMap((host) => writesTo(fleet.engine(host)))).toEqual([]);
  });

  test('is asked where little is known, though each rule is named', async () => {
    const { stderr } = await answer(playbook('privileged-host-port, linux-capabilities'), [KEYS, 'n']);

    expect(stderr).toContain('asked about: little is known of the capabilities it needs');
  });

  test('needs --yes all the same where there is nobody: no file is an approval', async () => {
    const words = operator.words('apply', ...playbook('privileged-host-port'), '--rule', 'privileged-host-port');

    const { exitCode, stderr } = await operator.run(words);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('add --yes to apply without being asked')]);
    expect(fleet.hosts.get('web-1')?.connections()).toBe(0);
  });
});

/** Types each answer once its question is on the screen; without an answer, only waits for it. */
async function answer(
  words: readonly string[],
  ...answers: readonly (readonly [question: string, keys?: string])[]
): Promise<Ended> {
  const keyboard = createKeyboard();
  const begun = operator.begin(
    ['apply', '-i', fleet.inventoryFile, '-p', join(operator.folder, 'playbook.yml'), ...words],
    { keyboard, environment: { NO_COLOR: '1' } },
  );
  for (const [question, keys] of answers) await keyboard.press(keys === undefined ? '' : `${keys}\r`, question);
  return await begun.ended;
}

function running(): readonly string[] {
  return HOSTS.flatMap((host) => standing(fleet.engine(host)).filter((line) => line.includes('running')));
}
