import { describe, expect, test } from '@jest/globals';
import { parsePlan } from '../../src/load/plan-file.ts';
import type { CapabilityBasis, CapabilityDecision, Change } from '../../src/model/plan.ts';
import { changeText } from '../../src/report/change-text.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { aChange, aHostPlan, aPlan } from '../support/a-plan.ts';

const DECISIONS: readonly CapabilityDecision[] = [
  {
    capability: 'FOWNER',
    verdict: 'keep',
    evidence: 'used-at-start',
    because: 'chmod called fchmodat',
    isTolerated: true,
  },
  { capability: 'CHOWN', verdict: 'drop', evidence: 'silent', because: 'its files are its own', risk: 0.0081 },
  { capability: 'NET_RAW', verdict: 'drop', evidence: 'silent', because: 'never asked for', risk: 0.0008 },
  { capability: 'MKNOD', verdict: 'drop', evidence: 'silent', because: 'never asked for', risk: 0.00001 },
];
const BASIS: CapabilityBasis = {
  mode: 'equivalent',
  confidence: 'strong',
  because: 'watched for 10 min, from its start on',
  notes: ['docker-bench goes on to warn of NET_ADMIN'],
  advice: [
    { kind: 'user', insteadOf: ['FOWNER'], setting: '--user 999:999', because: 'all of it is 999', isApplied: false },
  ],
};

describe('the text about capabilities', () => {
  test('begins with how many stay, how far that is trusted and why, and what would be better', () => {
    const text = changeText(aCapabilityChange(), { colors: false, verbose: false });

    expect(text).toContain('caps      4 → 1   confidence strong: watched for 10 min, from its start on\n');
    expect(text).toContain('advice    --user 999:999 instead of FOWNER: all of it is 999\n');
    expect(text).toContain('note      docker-bench goes on to warn of NET_ADMIN\n');
    expect(text).toContain(
      'keep      FOWNER            chmod called fchmodat       observed at start; it would bear to be refused',
    );
    expect(text).toContain('drop 3:   CHOWN NET_RAW MKNOD\n');
  });

  test('has the reason and the risk of each drop when it is whole', () => {
    const text = changeText(aCapabilityChange(), { colors: false, verbose: true });

    expect(text).toMatch(/drop {6}CHOWN {13}its files are its own {7}risk about 0\.8 % \(estimate\)/);
    expect(text).toContain('risk about 0.08 % (estimate)');
    expect(text).toContain('risk below 0.01 % (estimate)');
  });

  test.each([
    [15, /drop 15: {2}(?:CAP\d+ ){14}CAP14$/m],
    [16, /drop 16: {2}(?:CAP\d+ ){13}CAP13 and 2 more \(-v lists them\)$/m],
  ])('%i that fall: leaves out names only where it is more than one', (count, line) => {
    const capabilities = Array.from(
      { length: count },
      (_, at): CapabilityDecision => ({ capability: `CAP${at}`, verdict: 'drop', evidence: 'silent', because: '' }),
    );

    expect(changeText({ ...aCapabilityChange(), capabilities }, { colors: false, verbose: false })).toMatch(line);
  });

  test('says that a setting is made where the playbook asks for it, and names a mode that is not the usual one', () => {
    const advice = BASIS.advice.map((one) => ({ ...one, isApplied: true }));
    const change = aCapabilityChange({ ...BASIS, mode: 'minimal', advice });

    const text = changeText(change, { colors: false, verbose: false });

    expect(text).toContain('instead   --user 999:999 instead of FOWNER');
    expect(text).toContain('confidence strong (minimal): ');
  });

  test('shows nothing of a hostile name as it is', () => {
    const because = 'x\u001b[2J\nSYS_ADMIN used it';
    const change = aCapabilityChange({ ...BASIS, because, notes: [because] });

    const text = changeText(change, { colors: false, verbose: true });

    expect(text).not.toContain('\u001b');
    expect(text).not.toMatch(/^SYS_ADMIN/m);
  });
});

test('a saved plan remembers what its capabilities rest on', () => {
  const change = aCapabilityChange();

  const text = jsonText(planDocument(aPlan([aHostPlan([change])])));
  const [host] = parsePlan(text, 'plan.json').hosts;

  const [read] = host?.reachable ? host.changes : [];
  expect(read?.capabilities).toEqual(change.capabilities);
  expect(read?.capabilityBasis).toEqual(change.capabilityBasis);
});

test('a plan that was saved before there was such a basis is read as it is', () => {
  const text = jsonText(planDocument(aPlan([aHostPlan([aChange()])])));

  expect(text).not.toContain('capability_basis');
  expect(parsePlan(text, 'plan.json').hosts).toHaveLength(1);
});

function aCapabilityChange(basis: CapabilityBasis = BASIS): Change {
  return aChange({ capabilities: DECISIONS, capabilityBasis: basis });
}
