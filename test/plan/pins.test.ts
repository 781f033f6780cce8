import { describe, expect, test } from '@jest/globals';
import { planText } from '../../src/report/plan-text.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { aPlaybook, says } from '../support/a-playbook.ts';
import { profileOfTrials } from '../../src/plan/profile-of-trials.ts';
import { aFailure } from '../support/a-trial.ts';
import { snapshot } from '../support/containers.ts';
import { planned, seen } from '../support/planned.ts';
import { anUnknown, aUse, aWatch, choiceOf, chosen, decisionOn, keptIn } from '../support/watched.ts';

const SWITCH = { observations: [aWatch({ uses: [aUse('SETUID'), aUse('SETGID')] })] };

describe('a pin', () => {
  test('below what was seen to be needed is kept to, warned of, and not called strong', () => {
    const choice = chosen(anUnknown(), SWITCH, says({ mode: 'pin', add: ['CHOWN', 'SETGID'] }));

    expect(keptIn(choice)).toEqual(['CHOWN', 'SETGID']);
    expect(choice.warnings).toEqual(['the pin leaves out SETUID, although it is needed: gosu used it at start']);
    expect(choice.basis).toMatchObject({
      confidence: 'weak',
      because: expect.stringContaining('against what is known of SETUID'),
    });
  });

  test('with which a container of the same making failed its gate is warned of, and not called strong', () => {
    const { decisions } = chosen(anUnknown());
    const failure = aFailure(['CHOWN'], { before: decisions.map(({ capability }) => capability) });
    const learned = profileOfTrials(anUnknown(), { decisions, mode: 'equivalent' }, [failure]);

    const choice = chosen(anUnknown(), { profiles: [learned] }, says({ mode: 'pin', add: ['CHOWN'] }));

    expect(choice.warnings).toContain('a container of the same making failed its gate with exactly what is pinned');
    expect(choice.basis.confidence).toBe('weak');
  });

  test('that ended is told of where the container is left to a person for it', () => {
    const given = anUnknown({ HostConfig: { CapAdd: ['SYS_TIME'], CapDrop: null } });

    const choice = choiceOf(given, {}, says({ mode: 'pin', add: ['SYS_TIME'], expires: '2026-01-01' }));

    expect(choice).toMatchObject({
      ok: false,
      because: expect.stringMatching(/on purpose, .*; .* ended on 2026-01-01/),
    });
  });

  test('of a profile is held against what was seen as well', () => {
    const choice = chosen(anUnknown(), SWITCH, { profiles: [{ match: 'acme/*', keep: ['SETUID'] }] });

    expect(choice.warnings).toEqual(['the pin leaves out SETGID, although it is needed: gosu used it at start']);
    expect(choice.basis.confidence).toBe('weak');
  });

  test('that has all that was seen is strong, whatever else was only inferred', () => {
    const choice = chosen(anUnknown(), SWITCH, says({ mode: 'pin', add: ['SETGID', 'SETUID'] }));

    expect(choice.warnings).toEqual([]);
    expect(choice.basis.confidence).toBe('strong');
  });
});

describe('what a person lets a container gain', () => {
  const settings = says({ mode: 'pin', add: ['CHOWN', 'SYS_TIME'], allowAdd: ['SYS_TIME'] });
  const plan = planned([snapshot([anUnknown({ details: seen() })])], {
    playbook: aPlaybook({ rules: { 'linux-capabilities': settings } }),
  });

  test('is not counted as held, is shown with a plus, and warned of', () => {
    const text = planText(plan, { colors: false, verbose: false });

    expect(text).toContain('14 → 2 +SYS_TIME   confidence');
    expect(text).toMatch(/^ +\+ add +SYS_TIME/m);
    expect(text).toContain('it gains SYS_TIME, which it does not hold today (allow_add, playbook.yml:7)');
    expect(text).toContain('will warn of SYS_TIME: it is needed');
    expect(text).not.toContain('holds less than before');
  });

  test('is marked in the plan as data, and nothing else is', () => {
    expect(JSON.stringify(planDocument(plan))).toContain('"added":true');
    expect(decisionOn('CHOWN', chosen(anUnknown(), {}, settings))?.isAdded).toBeUndefined();
  });
});
