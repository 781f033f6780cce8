import type { CommonOptions } from './options.ts';
import { canPrompt } from './prompt.ts';
import { usage } from './run.ts';
import type { World } from './world.ts';

/** Ends a command that changes hosts where nobody can be asked and `--yes` was not given. */
export function requireConsent(
  verb: string,
  { yes, input }: Pick<CommonOptions, 'input'> & { readonly yes: boolean },
  { stdin, stderr }: World,
): void {
  if (yes || (input && canPrompt(stdin, stderr))) return;
  throw usage(
    'there is nobody to ask: input is off or this is not a terminal',
    `add --yes to ${verb} without being asked`,
  );
}
