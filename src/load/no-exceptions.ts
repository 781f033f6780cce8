import { createHash } from 'node:crypto';
import type { Exceptions } from '../model/playbook.ts';

/** What reading no file of exceptions gives. */
export const NO_EXCEPTIONS: Exceptions = {
  exceptions: [],
  digest: `sha256:${createHash('sha256').digest('hex')}`,
};
