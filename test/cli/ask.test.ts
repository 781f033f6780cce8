import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { createKeyboard } from '../support/keyboard.ts';
import { type Ended, operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

describe('a person who is asked', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1', 'web-2']);
    operator = operatorOf(fleet);
    // What is the same on several hosts is asked about once: see ask-fleet.test.ts.
    for (const [host, different] of [
      ['web-1', {}],
      ['web-2', { CapDrop: ['MKNOD'] }],
    ] as const) {
      serve(fleet.engine(host), 'mail', 25, different);
      serve(fleet.engine(host), 'web', 80, different);
    }
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('changes what is answered y and leaves what is answered n', async () => {
    const { exitCode, stdout } = await answer(
      ['apply'],
      ['(1/4)', 'y'],
      ['(2/4)', 'n'],
      ['(3/4)', 'n'],
      ['(4/4)', 'y'],
    );

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}skipped: declined/);
    expect(running()).toEqual(['mail running 8025', 'web running 80', 'mail running 25', 'web running 8080']);
  });

  test('changes all the rest of a host with a, and none of it with d', async () => {
    const { exitCode } = await answer(['apply'], ['(1/4)', 'd'], ['(3/4)', 'a']);

    expect(exitCode).toBe(2);
    expect(running()).toEqual(['mail running 25', 'web running 80', 'mail running 8025', 'web running 8080']);
  });

  test('ends it with q: what was done stays done, the rest is left', async () => {
    const { exitCode, stdout } = await answer(['apply'], ['(1/4)', 'y'], ['(2/4)', 'q']);

    expect([exitCode, stdout]).toEqual([2, expect.stringMatching(/1 applied, 3 skipped\. {2}exit 2/)]);
    expect(running()).toEqual(['mail running 8025', 'web running 80', 'mail running 25', 'web running 80']);
  });

  test('ends it with Ctrl-C and 130', async () => {
    const { exitCode } = await answer(['apply'], ['(1/4)', 'y'], ['(2/4)', '\u0003']);

    expect(exitCode).toBe(130);
    expect(running()[1]).toBe('web running 80');
  });

  test('sees the diff of each container before the question, and more of it with v', async () => {
    const { stderr } = await answer(
      ['apply', '--container', 'mail'],
      ['(1/2)', 'v'],
      ['at worst'],
      ['(1/2)', 'n'],
      ['(2/2)', 'n'],
    );

    const [before = '', after = ''] = stderr.split('[y,n,v,a,d,w,q,?]');
    expect(before).toContain('*:25 → *:8025');
    expect(before).not.toContain('at worst');
    expect(after + stderr).toContain('at worst');
  });

  test('writes an exception with w, which the next run respects', async () => {
    const words = ['apply', '--container', 'mail', '-l', 'web-1'];

    const { exitCode, stdout } = await answer(
      words,
      ['(1/1)', 'w'],
      ['reason:', 'must arrive on 25'],
      ['owner:', ''],
      ['expires:', '2027-01-31'],
      ['ticket', 'MAIL-118'],
    );

    const file = join(operator.folder, 'exceptions.yml');
    const again = await operator.enforce(
      'plan',
      '-e',
      file,
      '--container',
      'mail',
      '-l',
      'web-1',
      '--detailed-exitcode',
    );
    expect([exitCode, stdout]).toEqual([
      2,
      expect.stringMatching(/excepted until 2027-01-31, written to .*exceptions/),
    ]);
    expect(readFileSync(file, 'utf8')).toContain('owner: "a.lopez@control-1"');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('0 blocked, 1 excepted')]);
  });

  test('whose exception cannot be written keeps what was done, once, and the rest is left', async () => {
    const file = operator.write('mine.yml', '[]\n');

    const { exitCode, stdout } = await answer(
      ['apply', '-e', file, '-l', 'web-1'],
      ['(1/2)', 'y'],
      ['(2/2)', 'w'],
      ['reason:', 'r'],
      ['owner:', ''],
      ['expires:', ''],
      ['ticket', ''],
    );

    expect(exitCode).not.toBe(0);
    expect(stdout.match(/web-1\/mail {2}applied/g)).toHaveLength(1);
    expect(stdout).not.toMatch(/web-1\/mail {2}skipped/);
    expect(stdout).toMatch(/web-1\/web {2}skipped: .*empty list in brackets/);
  });

  test('rolls back with one y for all', async () => {
    await operator.enforce('apply', '--yes', '-l', 'web-1');

    const no = await answer(['rollback'], ['[y/N]', 'n']);
    const yes = await answer(['rollback'], ['[y/N]', 'y']);

    expect([no.exitCode, yes.exitCode]).toEqual([2, 0]);
    expect(yes.stderr).toMatch(/-\/\+ web-1\/web {2}back to the container kept by run/);
    expect(running().slice(0, 2)).toEqual(['mail running 25', 'web running 80']);
  });

  test.each<[string, readonly string[], boolean, Readonly<Record<string, string>>]>([
    ['there is no terminal, whatever is piped in', [], false, {}],
    ['--no-input is given', ['--no-input'], true, {}],
    ['CI is set', [], true, { CI: 'true' }],
    ['--json is given', ['--json'], true, {}],
  ])('is nobody where %s: apply fails at once and names the flag', async (_where, words, isTerminal, environment) => {
    const stdin = new PassThrough();
    stdin.end('y\ny\ny\ny\n');

    const ended = await operator.run(operator.words('apply', ...words), { stdin, isTerminal, environment });

    expect([ended.exitCode, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr).toContain('add --yes to apply without being asked');
    expect(fleet.hosts.get('web-1')?.connections()).toBe(0);
    expect(existsSync(join(operator.folder, 'state'))).toBe(false);
  });

  test('is not asked where nothing is to be done', async () => {
    await operator.enforce('apply', '--yes');

    const { exitCode, stderr } = await answer(['apply']);

    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('Apply this change');
    expect(writesTo(fleet.engine('web-1')).length).toBeGreaterThan(0);
  });

  /** Types each answer once its question is on the screen; without an answer, only waits for it. */
  async function answer(
    words: readonly string[],
    ...answers: readonly (readonly [question: string, keys?: string])[]
  ): Promise<Ended> {
    const keyboard = createKeyboard();
    const [command = '', ...rest] = words;
    const { ended } = operator.begin(operator.words(command, ...rest), { keyboard, environment: { NO_COLOR: '1' } });
    for (const [question, keys] of answers) await keyboard.press(keys === undefined ? '' : `${keys}\r`, question);
    return await ended;
  }

  function running(): readonly string[] {
    return ['web-1', 'web-2'].flatMap((host) =>
      standing(fleet.engine(host)).filter((line) => line.includes('running')),
    );
  }
});
