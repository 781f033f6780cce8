import { describe, expect, test } from '@jest/globals';
import { explainText, rulesText } from '../../src/report/explain-text.ts';

const RULE = {
  id: 'privileged-host-port',
  title: 'No container publishes a host port below 1024',
  severity: 'medium',
  refs: { cis: { '1.10.0': '5.9', '1.2.0': '5.7', '1.6.0': '5.8' }, stig: ['V-260929'] },
  explanation: '\nWhy it matters.\n\nWhat can break.\n',
} as const;

describe('the text of a rule', () => {
  test('has its references by edition, oldest first, and its explanation', () => {
    const text = explainText(RULE, { colors: false });

    expect(text).toBe(`\
privileged-host-port   No container publishes a host port below 1024
severity medium   CIS Docker 5.7 (benchmark 1.2.0), 5.8 (benchmark 1.6.0), 5.9 (benchmark 1.10.0)   STIG V-260929

Why it matters.

What can break.
`);
  });

  test('in the list of rules is one row, with the newest reference', () => {
    const text = rulesText([RULE], { colors: false });

    expect(text).toBe(`\
RULE                  SEVERITY  REFS                    TITLE
privileged-host-port  medium    CIS 5.9  STIG V-260929  No container publishes a host port below 1024
`);
  });
});
