import { describe, expect, test } from '@jest/globals';
import { endedAfter, START_UNSEEN } from '../../src/model/blind-spots.ts';
import { anUnknown, aUse, aWatch, chosen } from '../support/watched.ts';

const SWITCH = [aUse('SETUID', { call: 'setuid' }), aUse('SETGID', { call: 'setgroups' })];

describe('what was watched of a container', () => {
  test('is trusted as much as before when it is watched once more without its start', () => {
    const again = aWatch({
      sawStart: false,
      seconds: 3,
      blindSpots: [START_UNSEEN],
    });

    const choice = chosen(anUnknown(), { observations: [aWatch({ uses: SWITCH }), again] });

    expect(choice.basis).toMatchObject({
      confidence: 'strong',
      because: 'watched for 10 min, from its start on',
    });
  });

  test('is trusted for the time until it ended, whatever ended it', () => {
    const choice = chosen(anUnknown(), { observations: [aWatch({ seconds: 90, blindSpots: [endedAfter(90)] })] });

    expect(choice.basis).toMatchObject({ confidence: 'strong', because: 'watched for 90 s, from its start on' });
  });
});
