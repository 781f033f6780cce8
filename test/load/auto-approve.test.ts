import { describe, expect, test } from '@jest/globals';
import { readPlaybook } from '../../src/load/playbook.ts';
import { failureOf } from '../support/failure-of.ts';

describe('auto_approve in a playbook', () => {
  test('names rules that it enforces', () => {
    const playbook = read('rules: { linux-capabilities: true }\nauto_approve: [linux-capabilities]\n');

    expect(playbook.autoApprove).toEqual(['linux-capabilities']);
  });

  test.each([
    [
      'a rule that is not enforced',
      '[privileged-host-port]',
      'auto_approve[0]: privileged-host-port is not enforced by this playbook; expected one of its rules',
    ],
    [
      'no rule',
      '[ports]',
      'auto_approve[0]: is "ports"; expected privileged-host-port, linux-capabilities or host-network-privileged-listener',
    ],
    ['a word', 'true', 'auto_approve: is true; expected a list of rules'],
  ])('that names %s is an error with its line', async (_what, written, message) => {
    const failure = await failureOf(() => read(`rules: { linux-capabilities: true }\nauto_approve: ${written}\n`));

    expect(failure.message).toBe(`playbook.yml:2: ${message}`);
  });
});

function read(text: string): ReturnType<typeof readPlaybook> {
  return readPlaybook({ file: 'playbook.yml', text, bytes: new TextEncoder().encode(text) });
}
