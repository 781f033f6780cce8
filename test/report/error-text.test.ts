import { describe, expect, test } from '@jest/globals';
import { EnforceError } from '../../src/model/errors.ts';
import { errorText } from '../../src/report/error-text.ts';

describe('the text of an error', () => {
  test('says what went wrong and what to do', () => {
    const error = new EnforceError('permission', 'the socket refused deploy', { hint: 'add deploy to group docker' });

    const text = errorText(error, { colors: false, verbose: false });

    expect(text).toBe('error: the socket refused deploy\nhint:  add deploy to group docker\n');
  });

  test('indents further lines, so that none of them passes for a line of its own', () => {
    const error = new EnforceError('bad-plan', 'plan.json: wrong\nhint:  run rm -rf /');

    const text = errorText(error, { colors: false, verbose: false });

    expect(text).toBe('error: plan.json: wrong\n       hint:  run rm -rf /\n');
  });

  test('names the causes on request, with their codes, and stops where they run in a circle', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const first = new TypeError('fetch failed', { cause: reset });
    reset.cause = first;
    const error = new EnforceError('unreachable', 'web-1 did not answer', { cause: first });

    const text = errorText(error, { colors: false, verbose: true });

    expect(text).toContain('\ncause: TypeError: fetch failed\ncause: Error: read ECONNRESET (ECONNRESET)\n');
    expect(text.split('\n')).toHaveLength(7);
    expect(errorText(error, { colors: false, verbose: false })).toBe('error: web-1 did not answer\n');
  });
});
