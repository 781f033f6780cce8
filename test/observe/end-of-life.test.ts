import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { realEngine } from '../support/real-engine.ts';
import { describeTraced, observedWhile } from '../support/traced.ts';

const engine = realEngine('observe-end');
const name = `${engine.prefix}web`;

jest.setTimeout(120_000);

describeTraced('a container that ends while it is watched', () => {
  beforeEach(async () => {
    await engine.docker('run', '-d', '--name', name, await engine.busyboxImage(), 'sleep', '1000');
  });
  afterEach(() => engine.cleanUp());

  test('is told to have ended, and was watched no longer', async () => {
    const [seen] = await observedWhile(engine, [name], () => engine.docker('rm', '-f', name));

    expect(seen?.blindSpots).toContainEqual(expect.stringMatching(/^it ended after \d+ s$/));
    expect(seen?.wasStartedAgain).toBeUndefined();
  });

  test('and is started again by somebody else is told not to be followed', async () => {
    const [seen] = await observedWhile(engine, [name], () => engine.docker('restart', '-t', '0', name));

    expect(seen).toMatchObject({ wasStartedAgain: true });
  });
});
