import { describe, expect, test } from '@jest/globals';
import type { Playbook } from '../../src/model/playbook.ts';
import type { Container } from '../../src/model/snapshot.ts';
import type { Assessment } from '../../src/plan/assess.ts';
import { assess, selectContainers } from '../../src/plan/assess.ts';
import { RULES } from '../../src/rules/index.ts';
import { anException, aPlaybook } from '../support/a-playbook.ts';
import { container, idOf, snapshot, STOPPED } from '../support/containers.ts';
import { publishing } from '../support/planned.ts';

describe('a host is held against the rules', () => {
  test('and every finding says where it is', () => {
    const [finding] = assess(snapshot([publishing('shop', ['80:80'])]), assessment());

    expect(finding).toMatchObject({
      rule: 'privileged-host-port',
      host: 'web-1',
      container: 'shop',
      containerId: idOf('shop'),
      exception: null,
      refs: { cis: { '1.6.0': '5.8' } },
    });
  });

  test('of the playbook only', () => {
    const shop = publishing('shop', ['80:80'], { HostConfig: { Privileged: true } });
    const playbook = aPlaybook({ rules: { 'privileged-host-port': { map: new Map() } } });

    expect(rulesFound([shop], { playbook })).toEqual(['privileged-host-port']);
  });

  test('that the command line names only', () => {
    const shop = publishing('shop', ['80:80'], { HostConfig: { Privileged: true } });

    expect(rulesFound([shop], { only: ['linux-capabilities'] })).toEqual(['linux-capabilities']);
  });

  test('and what is accepted is marked, not hidden', () => {
    const findings = assess(snapshot([publishing('mail', ['25:25'])]), assessment({ exceptions: [anException()] }));

    expect(findings).toMatchObject([{ rule: 'privileged-host-port', exception: { ticket: 'MAIL-118' } }]);
  });
});

describe('containers are looked at', () => {
  const all = ['shop-web', 'shop-db', 'shop-ci-1', 'mail'].map((name) => container(name));

  test.each<readonly [string, Partial<Playbook['containers']>, readonly string[], readonly string[]]>([
    ['all of them', {}, [], ['shop-web', 'shop-db', 'shop-ci-1', 'mail']],
    ['that the playbook includes', { include: ['shop-*'] }, [], ['shop-web', 'shop-db', 'shop-ci-1']],
    ['but not those it excludes', { exclude: ['*-ci-*', 'mail'] }, [], ['shop-web', 'shop-db']],
    ['nor those it includes and excludes', { include: ['shop-*'], exclude: ['*-ci-*'] }, [], ['shop-web', 'shop-db']],
    ['that the command line names', {}, ['mail', '*-db'], ['shop-db', 'mail']],
    ['that both name', { include: ['shop-*'] }, ['mail', '*-db'], ['shop-db']],
    ['but never those excluded, though the command line names them', { exclude: ['mail'] }, ['mail'], []],
  ])('%s', (_sentence, selection, containers, selected) => {
    const playbook = aPlaybook({ containers: { ...aPlaybook().containers, ...selection } });

    expect(namesOf(all, { playbook, containers })).toEqual(selected);
  });
});

describe('what a change puts aside is not looked at', () => {
  const shop = container('shop');
  const successor = container('shop', { Config: { Labels: { 'io.enforce.replaces': idOf('shop.enforce-bak-7f3a') } } });

  test.each(['new', 'fail'])('a candidate called %s', (role) => {
    const candidate = container(`shop.enforce-${role}-7f3a`, {
      State: STOPPED,
      Config: { Labels: { 'io.enforce.run': '7f3a' } },
    });

    expect(namesOf([shop, candidate])).toEqual(['shop']);
  });

  test('the container that was replaced', () => {
    const kept = container('shop.enforce-bak-7f3a', { State: STOPPED });

    expect(namesOf([successor, kept])).toEqual(['shop']);
  });

  test.each<readonly [string, Container]>([
    ['its name alone is like it', container('shop.enforce-bak-7f3a', { State: STOPPED })],
    ['it runs', container('shop.enforce-bak-7f3a')],
    [
      'its label is of another run',
      container('shop.enforce-new-7f3a', { State: STOPPED, Config: { Labels: { 'io.enforce.run': '0000' } } }),
    ],
    [
      'it has the label and an ordinary name',
      container('shop-2', { State: STOPPED, Config: { Labels: { 'io.enforce.run': '7f3a' } } }),
    ],
  ])('but a container is when %s', (_sentence, alike) => {
    expect(namesOf([shop, alike])).toContain(alike.name);
  });

  test('but a kept container that was started again is, beside the one that replaced it', () => {
    const kept = container('shop.enforce-bak-7f3a');

    expect(namesOf([successor, kept])).toEqual(['shop', 'shop.enforce-bak-7f3a']);
  });
});

function assessment(different: Partial<Assessment> = {}): Assessment {
  return { rules: RULES, playbook: aPlaybook(), exceptions: [], containers: [], only: [], ...different };
}

function namesOf(containers: readonly Container[], different: Partial<Assessment> = {}): readonly string[] {
  return selectContainers(snapshot(containers), assessment(different)).map(({ name }) => name);
}

function rulesFound(containers: readonly Container[], different: Partial<Assessment>): readonly string[] {
  return assess(snapshot(containers), assessment(different)).map(({ rule }) => rule);
}
