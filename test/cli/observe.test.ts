import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet } from '../support/shop-fleet.ts';

describe('enforce observe', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    serve(fleet.engine('web-1'), 'web', 80);
    operator = operatorOf(fleet);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('tells of a container that does not run that it is not watched, where another of its name is', async () => {
    serve(fleet.engine('web-1'), 'web-old', 8081).phase = 'exited';

    const { stderr } = await operator.enforce('observe', 'web*', '--for', '1s');

    expect(stderr).toContain('warning: web-old on web-1 does not run and is not watched');
  });

  test.each([
    [['web', '--for', 'soon'], '--for "soon" is no length of time'],
    [['web', '--for', '0'], '--for "0" is no length of time'],
    [['web', '--for', '8d'], '--for "8d" is no length of time'],
    [['web', '--save', '/nowhere/at/all.yml'], 'cannot be written'],
    [['wbe'], 'no container matches "wbe"'],
    [['web', '--start'], 'there is nobody to ask'],
    [[], 'missing required argument'],
  ])('of %j ends with 1 and says why', async (words, because) => {
    const { exitCode, stdout, stderr } = await operator.enforce('observe', ...words);

    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringContaining(because) });
  });
});
