import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { filesOf, plainFile } from '../support/memory-engine/files.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

let fleet: EmbeddedFleet;
let operator: Operator;
beforeEach(async () => {
  fleet = await shopFleet(['web-1']);
  operator = operatorOf(fleet);
  serve(fleet.engine('web-1'), 'web', 80).files.set('/srv/upload.bin', plainFile('precious'));
});
afterEach(async () => {
  operator.leave();
  await fleet.close();
});

test('without --carry a container with files of its own is left alone, and the flag is named', async () => {
  const { stdout } = await operator.enforce('plan');
  const { exitCode } = await operator.enforce('apply', '--yes');

  expect(stdout).toContain('blocked: 1 file in the writable layer would be lost (/srv/upload.bin)');
  expect(stdout).toContain('--carry=copy or --carry=commit');
  expect(exitCode).toBe(2);
  expect(running()).toEqual(['web running 80']);
});

test.each(['copy', 'commit'])('with --carry=%s its files are there afterwards, as the plan said', async (how) => {
  const { stdout } = await operator.enforce('plan', `--carry=${how}`);
  const { exitCode } = await operator.enforce('apply', '--yes', `--carry=${how}`);

  expect(stdout).toContain(`carry     1 file comes along (${how})`);
  expect(exitCode).toBe(0);
  expect(running()).toEqual(['web running 8080']);
  expect(upload()).toBe('precious');
});

test('a saved plan says how, and is carried out like that', async () => {
  const file = join(operator.folder, 'plan.json');
  await operator.enforce('plan', '--carry=copy', '-o', file);

  const { exitCode } = await operator.enforce('apply', '--yes', file);

  expect(exitCode).toBe(0);
  expect(upload()).toBe('precious');
});

test('a saved plan is not carried out in another way than it says', async () => {
  const file = join(operator.folder, 'plan.json');
  await operator.enforce('plan', '--carry=copy', '-o', file);

  const { exitCode, stderr } = await operator.enforce('apply', '--yes', '--carry=commit', file);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('the plan was made with --carry=copy');
  expect(writesTo(fleet.engine('web-1'))).toEqual([]);
});

test('a saved plan that has nothing to carry is not carried out with --carry', async () => {
  const file = join(operator.folder, 'plan.json');
  await operator.enforce('plan', '-o', file);

  const { exitCode, stderr } = await operator.enforce('apply', '--yes', '--carry=copy', file);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('no change of the plan carries files along');
});

test('--carry takes no other word', async () => {
  const { exitCode, stderr } = await operator.enforce('plan', '--carry=rsync');

  expect(exitCode).toBe(1);
  expect(stderr).toContain('copy, commit');
});

function running(): readonly string[] {
  return standing(fleet.engine('web-1')).filter((line) => line.includes(' running'));
}

function upload(): string | undefined {
  const web = fleet.engine('web-1').find('web');
  return web && filesOf(web).get('/srv/upload.bin')?.content;
}
