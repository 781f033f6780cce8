import { explainText, rulesText } from '../../report/explain-text.ts';
import { jsonText } from '../../report/json-text.ts';
import { referencesDocument } from '../../report/finding-document.ts';
import { didYouMean } from '../../load/nearest.ts';
import { RULES } from '../../rules/index.ts';
import type { ExitCode } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { usage } from '../run.ts';
import type { World } from '../world.ts';

type Options = Pick<CommonOptions, 'json' | 'color'>;

/** `enforce rules`: every rule in a line. */
export function rules({ json, color }: Options, world: World): ExitCode {
  const document = {
    rules: RULES.map(({ id, title, severity, refs }) => ({ id, title, severity, refs: referencesDocument(refs) })),
  };
  world.stdout.write(json ? jsonText(document) : rulesText(RULES, { colors: usesColors(world.stdout, world, color) }));
  return 0;
}

/** `enforce explain RULE`: why a rule exists, what its fix does and what can break. */
export function explain(name: string, { json, color }: Options, world: World): ExitCode {
  const rule = RULES.find(({ id }) => id === name);
  if (!rule)
    throw usage(
      `there is no rule ${JSON.stringify(name)}${didYouMean(
        name,
        RULES.map(({ id }) => id),
      )}`,
      'enforce rules lists them',
    );
  const { id, title, severity, refs, explanation } = rule;
  world.stdout.write(
    json
      ? jsonText({ id, title, severity, refs: referencesDocument(refs), explanation })
      : explainText(rule, { colors: usesColors(world.stdout, world, color) }),
  );
  return 0;
}
