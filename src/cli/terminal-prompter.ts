import type { CommonOptions } from './options.ts';
import { usesColors } from './output.ts';
import type { Prompter } from './prompt.ts';
import { createPrompter } from './prompt.ts';
import type { World } from './world.ts';

/** Asks the person at this process's terminal. */
export function terminalPrompter(options: CommonOptions, world: World): Prompter {
  return createPrompter({
    input: world.stdin,
    output: world.stderr,
    signal: world.interrupted,
    now: world.now,
    colors: usesColors(world.stderr, world, options.color),
    operator: world.operator,
  });
}
