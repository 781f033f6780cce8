import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { HOST_SCRIPT } from '../../src/observe/host-script.ts';
import { startProgram } from '../support/program.ts';
import type { Program } from '../support/program.ts';
import { realEngine } from '../support/real-engine.ts';
import {
  buffersOf,
  describeTraced,
  hasBuffer,
  observedWhile,
  shellOf,
  strangersBuffer,
  until,
  usedIn,
} from '../support/traced.ts';

const engine = realEngine('observe-left');
const web = `${engine.prefix}web`;
const folder = mkdtempSync(join(tmpdir(), 'enforce-observe-'));

jest.setTimeout(120_000);

function enforceObserve(...words: readonly string[]): Program {
  return startObserving(web, ...words);
}

function startObserving(container: string, ...words: readonly string[]): Program {
  return startProgram(['observe', container, ...words], {
    folder,
    environment: {
      HOME: folder,
      DOCKER_HOST: `unix://${engine.socketPath}`,
      ENFORCE_STATE_DIR: join(folder, 'state'),
      NO_COLOR: '1',
    },
  });
}

/** Once it stops: other suites change containers of this engine, and nothing is restarted meanwhile. */
async function restarting(container: string): Promise<Program> {
  for (;;) {
    const program = startObserving(container, '--start', '--yes', '--for', '1h');
    const isOver = program.ended.then(() => true);
    do {
      if ((await engine.docker('logs', container)).includes('stopping')) return program;
    } while (!(await Promise.race([isOver, Promise.resolve(false)])));
  }
}

async function pidOf(container: string): Promise<string> {
  return (await engine.docker('inspect', '-f', '{{.State.Running}} {{.State.Pid}}', container)).trim();
}

async function untilRunsAnew(container: string, before: string): Promise<void> {
  for (;;) {
    const now = await pidOf(container);
    if (now.startsWith('true') && now !== before) return;
  }
}

async function watching(...words: readonly string[]): Promise<{ program: Program; buffers: readonly string[] }> {
  const program = enforceObserve(...words);
  await program.untilPrinted('is watched');
  return { program, buffers: buffersOf(program.child.pid) };
}

describeTraced('what is left on a host', () => {
  beforeAll(async () => {
    const image = await engine.busyboxImage();
    await engine.docker('run', '-d', '--init', '--name', web, image, 'sleep', '1000');
  });
  afterAll(async () => {
    await engine.cleanUp();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is nothing when the time is over', async () => {
    const { program, buffers } = await watching('--for', '1s');

    expect(buffers).toHaveLength(2);
    expect((await program.ended).exitCode).toBe(0);
    expect(buffers.filter(hasBuffer)).toEqual([]);
  });

  test('is nothing after Ctrl-C, and what was seen is told', async () => {
    const { program, buffers } = await watching('--for', '1h');
    await engine.docker('exec', web, 'chown', '1000', '/bin');

    program.child.kill('SIGINT');
    const { exitCode, stdout } = await program.ended;

    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: expect.stringContaining('CHOWN  chown in') });
    expect(buffers.filter(hasBuffer)).toEqual([]);
  });

  test('is nothing when enforce is killed', async () => {
    const { program, buffers } = await watching('--for', '1h');

    program.child.kill('SIGKILL');
    await program.ended;

    await until(() => !buffers.some(hasBuffer));
    expect(buffers).toHaveLength(2);
  });

  test('is nothing when the shell is killed and another run comes', async () => {
    const { program, buffers } = await watching('--for', '1h');
    process.kill(shellOf(buffers[0] ?? '') ?? 0, 'SIGKILL');
    const { exitCode, stderr } = await program.ended;
    const left = buffers.filter(hasBuffer);

    const next = await enforceObserve('--for', '1s').ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 4, stderr: expect.stringContaining('was ended by SIGKILL') });
    expect(left).toEqual(buffers);
    expect(next).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('left on local was removed') });
    expect(buffers.filter(hasBuffer)).toEqual([]);
  });

  test('is a container that runs, though enforce is killed while it stops to be watched from its start on', async () => {
    const slow = `${engine.prefix}slow`;
    const script = 'trap "echo stopping" TERM; while :; do sleep 1; done';
    const flags = ['--name', slow, '--stop-timeout', '3', '--restart', 'unless-stopped'];
    await engine.docker('run', '-d', ...flags, await engine.busyboxImage(), 'sh', '-c', script);
    const pid = await pidOf(slow);
    const program = await restarting(slow);

    program.child.kill('SIGKILL');
    await program.ended;

    await untilRunsAnew(slow, pid);
    await engine.docker('rm', '-f', slow);
  });

  test('is what is in use by somebody whose processes are not to be seen from where another run is', async () => {
    const { program, buffers } = await watching('--for', '1h');
    const elsewhere = spawnSync('unshare', ['-pf', '--mount-proc', 'sh', '-s'], {
      input: HOST_SCRIPT,
      encoding: 'utf8',
    });
    const left = buffers.filter(hasBuffer);
    program.child.kill('SIGINT');
    await program.ended;

    expect(elsewhere.stdout).not.toContain('swept');
    expect(left).toEqual(buffers);
  });

  test('is what others record, who go on recording', async () => {
    const name = `a-strangers-${process.pid}`;
    const stranger = strangersBuffer(name);
    const [seen] = await observedWhile(engine, [web], () => engine.docker('exec', web, 'chown', '1000', '/bin'));
    const theirs = readFileSync(stranger.read('trace'), 'utf8');
    const isOn = readFileSync(stranger.read('events/sched/sched_process_exec/enable'), 'utf8').trim();
    stranger.remove();

    expect(usedIn(seen)).toEqual(['CHOWN']);
    expect(isOn).toBe('1');
    expect(theirs).toContain('sched_process_exec: filename=');
  });

  test('is each of two observations at once, until its own end', async () => {
    const first = await watching('--for', '1h');
    const [seen] = await observedWhile(engine, [web], () => engine.docker('exec', web, 'chown', '1000', '/bin'));
    const stillThere = first.buffers.filter(hasBuffer);
    first.program.child.kill('SIGINT');
    const { stdout } = await first.program.ended;

    expect(usedIn(seen)).toEqual(['CHOWN']);
    expect(stillThere).toEqual(first.buffers);
    expect(stdout).toContain('CHOWN');
  });
});
