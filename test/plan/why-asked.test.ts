import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../src/model/plan.ts';
import { whyAsked } from '../../src/plan/why-asked.ts';
import { aCapabilityFinding, aChange, aFinding } from '../support/a-plan.ts';

const BOTH = ['privileged-host-port', 'linux-capabilities'] as const;
const ACCEPTED = { reason: 'r', owner: 'o', expires: '2027-01-01' };
const SURE = { mode: 'equivalent', confidence: 'strong', because: '', notes: [], advice: [] } as const;

describe('a change that the playbook approves', () => {
  test('has only findings of rules that it names', () => {
    expect(whyAsked(aChange(), [], BOTH)).toBeUndefined();
    expect(whyAsked(aChange(), [], ['privileged-host-port'])).toBe('auto_approve does not name linux-capabilities');
    expect(whyAsked(aChange(), [], [])).toBe('auto_approve does not name privileged-host-port');
  });

  test('may have one of another rule that an exception accepts, for it is left as it is', () => {
    const change = aChange({ because: [aFinding(), aCapabilityFinding({ exception: ACCEPTED })] });

    expect(whyAsked(change, [], ['privileged-host-port'])).toBeUndefined();
  });

  test('takes no other along that has findings of further rules', () => {
    const change = aChange({ because: [aFinding()] });
    const part = aChange({ container: 'proxy', partOf: 'shop', because: [aCapabilityFinding()] });

    expect(whyAsked(change, [part], ['privileged-host-port'])).toBe('auto_approve does not name linux-capabilities');
  });

  test.each<[string, Partial<Change>, string]>([
    ['critical', { because: [aCapabilityFinding({ severity: 'critical' })] }, 'a finding is critical'],
    ['a guess', { capabilityBasis: { ...SURE, confidence: 'weak' } }, 'little is known of the capabilities it needs'],
    [
      'about others too',
      { dependants: [{ ...aChange(), through: ['network_mode'] }] },
      'other containers are stopped and made again with it',
    ],
    ['to bring files along', { carry: 'copy' }, 'files are brought along'],
  ])('is asked about all the same where it is %s', (_what, different, because) => {
    expect(whyAsked(aChange({ capabilityBasis: SURE, ...different }), [], BOTH)).toBe(because);
  });
});
