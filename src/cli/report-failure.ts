import { EnforceError } from '../model/errors.ts';
import { errorText } from '../report/error-text.ts';
import type { ExitCode } from './exit-code.ts';
import { usesColors } from './output.ts';
import type { World } from './world.ts';

/** Tells what ended a command before its time, and the exit code for it. What is not an EnforceError is a bug, and says so. */
export function reportFailure(error: unknown, argv: readonly string[], world: World): ExitCode {
  const verbose = argv.some((argument) => /^-v+$|^--verbose$/.test(argument));
  const known = error instanceof EnforceError ? error : bug(error);
  world.stderr.write(
    errorText(known, {
      colors: usesColors(world.stderr, world, true),
      verbose: verbose || !(error instanceof EnforceError),
    }),
  );
  return known.code === 'refused' ? 5 : known.code === 'journal' ? 6 : 1;
}

function bug(error: unknown): EnforceError {
  const message = error instanceof Error ? error.message : String(error);
  return new EnforceError('engine', `internal error: ${message}`, {
    hint: 'this is a fault of enforce; the chain of causes below helps to find it',
    cause: error,
  });
}
