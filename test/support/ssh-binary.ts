import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';

/** Whether this machine has the OpenSSH client. */
export const hasOpenSsh = spawnSync('ssh', ['-V']).error === undefined;

/** A test that needs the OpenSSH client; skipped where there is none. */
export const testWithOpenSsh = hasOpenSsh ? test : test.skip;
