import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EnforceError } from '../../model/errors.ts';
import { stopped } from '../explain.ts';
import { controlFolder } from './control-folder.ts';
import { MASTER_SCRIPT } from './master-script.ts';

/** The ssh process that holds the connection to one host, logged in. */
export interface SshMaster {
  /** Where its control socket is, and room for others. */
  readonly folder: string;
  readonly controlSocket: string;
  /** What it has said so far; the last of it, when it says a lot. */
  said(): string;
  /** How many channels the host has forbidden so far. */
  forbidden(): number;
  /** Whether it still holds the connection. When that is in doubt, it waits until it is known. */
  stands(): Promise<boolean>;
  /** Called when the connection is no more, whatever the reason. */
  onEnd(listener: () => void): void;
  end(): Promise<void>;
}

/** Why no master came about: what ssh said, for whoever knows the host. */
export class MasterFailure extends Error {
  override readonly name = 'MasterFailure';
}

const SAID_CHARACTERS = 16_384;

const LAST_WORDS_MILLISECONDS = 300;

/** Starts one, and waits until it is logged in. */
export async function startMaster(
  ssh: string,
  argv: readonly string[],
  parentFolder: string | undefined,
  where: string,
  signal: AbortSignal,
): Promise<SshMaster> {
  const base = await controlFolder(parentFolder);
  if (signal.aborted) throw stopped(signal, `connecting to ${where}`);
  // In a session of its own it has no terminal to ask at, and Ctrl-C does not reach it.
  const shell = spawn('sh', ['-c', MASTER_SCRIPT, 'sh', base, ssh, ...masterOptions, ...argv], {
    stdio: 'pipe',
    detached: true,
  });
  const master = watch(shell, join(base, String(shell.pid)));
  return await new Promise((resolve, reject) => {
    const abort = (): void => {
      void master.end();
      reject(stopped(signal, `connecting to ${where}`));
    };
    signal.addEventListener('abort', abort, { once: true });
    shell.stdout.once('data', () => {
      signal.removeEventListener('abort', abort);
      resolve(master);
    });
    master.onEnd(() => {
      signal.removeEventListener('abort', abort);
      reject(new MasterFailure(master.said()));
    });
    shell.once('error', (error) => {
      reject(new EnforceError('bad-connection-settings', 'this machine has no shell', { cause: error }));
    });
  });
}

/** It says that it is logged in by the one local command it may run. */
const masterOptions: readonly string[] = [
  ...['-v', '-N', '-T'],
  ...['ControlMaster=yes', 'PermitLocalCommand=yes', 'LocalCommand=echo ready'].flatMap((word) => ['-o', word]),
];

function watch(shell: ChildProcessWithoutNullStreams, folder: string): SshMaster {
  let said = '';
  let line = '';
  let forbidden = 0;
  let isOver = false;
  const listeners: (() => void)[] = [];
  const over = new Promise<void>((resolve) => {
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      shell.stdout.destroy();
      shell.stderr.destroy();
      resolve();
      for (const listener of listeners) listener();
    };
    shell.once('close', end);
    // A master of its own that a jump host's configuration asks for lives on, and holds what this one wrote to.
    shell.once('exit', () => void wait(LAST_WORDS_MILLISECONDS).then(end));
  });
  shell.stdin.on('error', () => undefined);
  shell.stderr.on('data', (chunk: Buffer) => {
    const lines = (line + chunk.toString('utf8')).split(/(?<=\n)/);
    line = lines.at(-1)?.endsWith('\n') === false ? (lines.pop() ?? '').slice(-SAID_CHARACTERS) : '';
    forbidden += lines.filter((each) => each.includes('open failed: administratively prohibited')).length;
    said = (said + lines.filter(isWorthKeeping).join('')).slice(-SAID_CHARACTERS);
  });
  const controlSocket = join(folder, 'm');
  return {
    folder,
    controlSocket,
    said: () => said + line,
    forbidden: () => forbidden,
    async stands() {
      if (isOver) return false;
      if (await answers(controlSocket)) return true;
      // Its socket is gone, so it is ending; its last words tell why.
      await Promise.race([over, wait(5_000, undefined, { ref: false })]);
      return !isOver;
    },
    onEnd: (listener) => void listeners.push(listener),
    async end() {
      shell.stdin.end();
      await Promise.race([over, wait(1_000, undefined, { ref: false })]);
    },
  };
}

/** Of the many lines that tell what it does, those that name the host it is at, the key that showed and ours. */
function isWorthKeeping(line: string): boolean {
  return (
    !line.startsWith('debug') ||
    /: (?:Authenticating to |Server host key: |Offering public key: )/.test(line.slice(0, 40))
  );
}

/** A master greets whoever connects to it. */
function answers(controlSocket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(controlSocket);
    const done = (isThere: boolean) => (): void => {
      resolve(isThere);
      socket.destroy();
    };
    socket.once('data', done(true));
    socket.once('error', done(false));
    socket.once('close', done(false));
  });
}
