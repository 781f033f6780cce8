import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';

/** A test that needs the OpenSSH client; skipped where there is none. */
export const testWithOpenSsh = spawnSync('ssh', ['-V']).error === undefined ? test : test.skip;
