import { EnforceError } from '../model/errors.ts';
import type { ExitCode } from './exit-code.ts';

/** The exit code of a host that could not be worked on at all: locked, or not reached. */
export function failureCode(error: Error): ExitCode {
  if (!(error instanceof EnforceError)) return 4;
  switch (error.code) {
    case 'locked':
    case 'refused':
      return 5;
    case 'journal':
      return 6;
    default:
      return 4;
  }
}
