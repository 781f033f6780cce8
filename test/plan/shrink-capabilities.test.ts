import { describe, expect, test } from '@jest/globals';
import type { LearnedProfile, ProfileTrial } from '../../src/model/learned.ts';
import type { CapabilityMode, CapabilitySettings, Playbook } from '../../src/model/playbook.ts';
import type { Container } from '../../src/model/snapshot.ts';
import { assess } from '../../src/plan/assess.ts';
import { profileOfTrials } from '../../src/plan/profile-of-trials.ts';
import { shrinkCapabilities } from '../../src/plan/shrink-capabilities.ts';
import { RULES } from '../../src/rules/index.ts';
import { anException, aPlaybook, someCapabilitySettings, someContainerCapabilities } from '../support/a-playbook.ts';
import { aFailure, aTrial } from '../support/a-trial.ts';
import type { Deviations } from '../support/containers.ts';
import { snapshot } from '../support/containers.ts';
import type { Planning } from '../support/planned.ts';
import { planned, seen, sourcesOf } from '../support/planned.ts';
import type { chosen } from '../support/watched.ts';
import { aUse, anUnknown, aWatch, keptIn } from '../support/watched.ts';

const HELD = ['CHOWN', 'FOWNER', 'SETGID', 'SETUID'];

describe('what mode minimal takes next', () => {
  test('is the capability that least speaks for, and one alone', () => {
    const watch = aWatch({ uses: [aUse('SETUID'), aUse('SETGID'), aUse('CHOWN')] });

    const choice = shrunk({ observations: [watch] });

    expect(keptIn(choice)).toEqual(['CHOWN', 'SETGID', 'SETUID']);
    expect(choice.edits).toEqual([{ path: 'HostConfig.CapAdd', before: HELD, after: ['CHOWN', 'SETGID', 'SETUID'] }]);
    expect(choice.basis.because).toBe('minimal: tried without FOWNER; 3 to try after it');
  });

  test('is the one that containers need less often, where nothing is known of any', () => {
    expect(keptIn(shrunk({}, restricted({}, ['CHOWN', 'MKNOD', 'SETUID'])))).toEqual(['CHOWN', 'SETUID']);
  });

  test('is not what failed its gate before, which is needed from then on', () => {
    const failed = aFailure(['CHOWN', 'SETGID', 'SETUID'], { before: HELD });
    const watch = aWatch({ uses: [aUse('SETUID'), aUse('SETGID'), aUse('CHOWN')] });

    const choice = shrunk({ observations: [watch], profiles: [tried([failed])] });

    expect(keptIn(choice)).toContain('FOWNER');
    expect(choice.basis.because).toBe('minimal: tried without SETGID; 2 to try after it');
  });

  test('is not what would leave a set that failed, whatever else was held then', () => {
    const failed = aFailure(['CHOWN', 'SETGID', 'SETUID'], { before: [...HELD, 'KILL', 'NET_RAW'] });
    const watch = aWatch({ uses: [aUse('SETUID'), aUse('SETGID'), aUse('CHOWN')] });

    expect(keptIn(shrunk({ observations: [watch], profiles: [tried([failed])] }))).toEqual([
      'CHOWN',
      'FOWNER',
      'SETUID',
    ]);
  });

  test('is nothing once the rest was tried', () => {
    const failures = HELD.map((name) =>
      aFailure(
        HELD.filter((other) => other !== name),
        { before: HELD },
      ),
    );

    const choice = shrunk({ profiles: [tried(failures)] });

    expect(choice).toMatchObject({ edits: [], idle: { because: expect.stringContaining('nothing is left to try') } });
  });

  test('is nothing that a person keeps, a program declares, or that stands or falls with another', () => {
    const watch = aWatch({
      uses: [aUse('SETUID')],
      declared: [{ capability: 'FOWNER', program: 'web' }],
    });
    const settings = { containers: [{ ...SAYS, floor: ['CHOWN'] }] };

    expect(shrunk({ observations: [watch] }, WEB, settings).basis.because).toContain('without SETGID; 1 to try');
    const together = { ...tried([]), groups: [{ allOrNone: ['SETGID', 'SETUID'], because: 'setcap' }] };
    const used = ['SETGID', 'SETUID'].map((capability) => ({
      capability,
      verdict: 'keep' as const,
      class: 'used' as const,
      because: 'setcap',
      isTolerated: false,
    }));
    const learned = { observations: [watch], profiles: [{ ...together, capabilities: used }] };
    expect(shrunk(learned, WEB, settings).idle).toBeDefined();
  });

  test('is called proven where another container did without', () => {
    const passed = aTrial(['CHOWN', 'SETGID', 'SETUID']);
    const watch = aWatch({ uses: [aUse('SETUID'), aUse('SETGID'), aUse('CHOWN')] });

    expect(shrunk({ observations: [watch], profiles: [tried([passed])] }).basis.confidence).toBe('proven');
  });
});

describe('a plan', () => {
  test('takes one capability from a container that is compliant, in mode minimal alone', () => {
    expect(changesOf([WEB], 'minimal')).toEqual(['web recreate HostConfig.CapAdd']);
    expect(changesOf([WEB], 'equivalent')).toEqual([]);
    expect(changesOf([WEB], 'cautious')).toEqual([]);
  });

  test('has no wider set for it: where it is not enough, the old one comes back', () => {
    const [host] = planOf([WEB], 'minimal').hosts;

    expect(host?.reachable === true && host.changes[0]?.widening).toBeUndefined();
  });

  test.each<[string, Container]>([
    ['does not run', restricted({ State: { Running: false, Status: 'exited' } })],
    ['is paused', restricted({ State: { Paused: true } })],
    ['holds nothing', restricted({}, [])],
    ['cannot be made again', restricted({ HostConfig: { AutoRemove: true } })],
  ])('calls one compliant that %s', (_which, container) => {
    const plan = planOf([container], 'minimal');

    expect(plan.hosts[0]).toMatchObject({ changes: [], compliant: ['web'] });
  });

  test('tries one container of a making at a time', () => {
    const twin = { ...WEB, id: 'f'.repeat(64), name: 'web-2' };

    expect(changesOf([WEB, twin], 'minimal')).toEqual(['web recreate HostConfig.CapAdd']);
  });

  test('leaves alone what is pinned or accepted', () => {
    const pinned = { profiles: [{ match: 'acme/*', keep: HELD }] };
    const accepted = anException({ rule: 'linux-capabilities', match: { container: 'web' }, ports: [] });

    expect(changesOf([WEB], 'minimal', pinned)).toEqual([]);
    expect(foundIn([accepted])).toEqual([]);
    expect(foundIn([])).toEqual(['surplus']);
  });
});

describe('a scan', () => {
  test('finds nothing in it, whatever its mode', () => {
    expect(foundIn([], 'scan')).toEqual([]);
  });
});

const SAYS = someContainerCapabilities({ reason: 'house rule', source: 'playbook.yml:4' });

function restricted(deviations: Deviations = {}, add: readonly string[] = HELD): Container {
  return anUnknown({
    details: seen(),
    ...deviations,
    HostConfig: { CapDrop: ['ALL'], CapAdd: [...add], ...deviations.HostConfig },
  });
}

const WEB = restricted();

function shrunk(
  learned: Parameters<typeof chosen>[1],
  container = WEB,
  settings: Partial<CapabilitySettings> = {},
): Extract<ReturnType<typeof shrinkCapabilities>, { ok: true }> {
  const sources = sourcesOf(someCapabilitySettings({ mode: 'minimal', ...settings }));
  const choice = shrinkCapabilities(container, {
    ...sources,
    learned: { observations: [], profiles: [], ...learned },
  });
  if (!choice.ok) throw new Error(choice.because);
  return choice;
}

function tried(trials: readonly ProfileTrial[]): LearnedProfile {
  return profileOfTrials(WEB, { decisions: [], mode: 'minimal' }, trials);
}

function planOf(containers: readonly Container[], mode: CapabilityMode, settings: Partial<CapabilitySettings> = {}) {
  return planned([snapshot(containers)], { playbook: playbookIn(mode, settings), seeks: 'surplus' });
}

function changesOf(...how: Parameters<typeof planOf>): readonly string[] {
  const [host] = planOf(...how).hosts;
  if (!host?.reachable) throw new Error('it was not read');
  return host.changes.map(({ container, action, edits }) =>
    [container, action, ...edits.map(({ path }) => path)].join(' '),
  );
}

function foundIn(exceptions: NonNullable<Planning['exceptions']>, by: 'plan' | 'scan' = 'plan'): readonly string[] {
  const assessment = { rules: RULES, playbook: playbookIn('minimal'), exceptions, containers: [], only: [] };
  const seeking = by === 'plan' ? { ...assessment, seeks: 'surplus' as const } : assessment;
  return assess(snapshot([WEB]), seeking).map(({ evidence }) => evidence.kind);
}

function playbookIn(mode: CapabilityMode, settings: Partial<CapabilitySettings> = {}): Playbook {
  return aPlaybook({ rules: { 'linux-capabilities': someCapabilitySettings({ mode, ...settings }) } });
}
