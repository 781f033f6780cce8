import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { HOST_SCRIPT } from '../../src/observe/host-script.ts';
import { describeTraced } from '../support/traced.ts';

jest.setTimeout(60_000);

const WITHOUT =
  'while umount /sys/kernel/tracing || umount /sys/kernel/debug; do :; done 2>/dev/null; echo up; exec cat';
/** A host on which nobody has mounted tracefs: mounts of its own, for as long as this process lives. */
let host: ChildProcessWithoutNullStreams;

beforeEach(async () => {
  host = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', WITHOUT]);
  await once(host.stdout, 'data');
});
afterEach(() => void host.kill('SIGKILL'));

/** The script of a watch on it, once it is ready. */
async function watch(): Promise<ChildProcessWithoutNullStreams> {
  const script = spawn('nsenter', ['-t', String(host.pid), '-m', 'sh', '-c', HOST_SCRIPT]);
  let said = '';
  for await (const piece of script.stdout) {
    said += String(piece);
    if (said.includes('ready\n')) break;
  }
  return script;
}

async function end(script: ChildProcessWithoutNullStreams): Promise<void> {
  script.stdin.end();
  if (script.exitCode === null) await once(script, 'exit');
}

function tracefsMounts(): readonly string[] {
  return readFileSync(`/proc/${host.pid ?? 0}/mounts`, 'utf8')
    .split('\n')
    .filter((line) => line.includes(' tracefs '));
}

describeTraced('tracefs that nobody had mounted', () => {
  test('is mounted for a watch, and unmounted with its end', async () => {
    const before = tracefsMounts();
    const only = await watch();
    const during = tracefsMounts();
    await end(only);

    expect([before, tracefsMounts()]).toEqual([[], []]);
    expect(during).toEqual([expect.stringMatching(/^enforce \/sys\/kernel\/tracing tracefs /)]);
  });

  test('stays as long as another watch works in it, whoever mounted it', async () => {
    const [first, second] = [await watch(), await watch()];
    await end(first);
    const during = tracefsMounts();
    await end(second);

    expect(during).toHaveLength(1);
    expect(tracefsMounts()).toEqual([]);
  });
});
