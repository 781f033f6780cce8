import { describe, expect, test } from '@jest/globals';
import type { Rule, RuleId } from '../../src/model/finding.ts';
import type { RuleSettings } from '../../src/model/playbook.ts';
import type { Container, Snapshot } from '../../src/model/snapshot.ts';
import { snapshot } from './containers.ts';

/** A container alone on its host, or with the snapshot it is in. */
export type RuleCase = Container | readonly [Container, Snapshot];

/** Tells a rule's story in two lists of sentences. */
export function describeRule<Id extends RuleId>(
  rule: Rule<Id>,
  {
    settings,
    catches,
    allows,
  }: {
    readonly settings: NonNullable<RuleSettings[Id]>;
    readonly catches: Readonly<Record<string, RuleCase>>;
    readonly allows: Readonly<Record<string, RuleCase>>;
  },
): void {
  describe(`${rule.id}: ${rule.title}`, () => {
    test.each(Object.entries(catches))('catches %s', (_sentence, given) => {
      const violations = rule.check(...whole(given), settings);

      expect(violations).not.toEqual([]);
      expect(violations.filter(({ because }) => because.trim() === '')).toEqual([]);
    });

    test.each(Object.entries(allows))('allows %s', (_sentence, given) => {
      const violations = rule.check(...whole(given), settings);

      expect(violations).toEqual([]);
    });
  });
}

function whole(given: RuleCase): readonly [Container, Snapshot] {
  return 'inspect' in given ? [given, snapshot([given])] : given;
}
