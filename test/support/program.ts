import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ended } from './operator.ts';

/** enforce in a process of its own. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything printed so far, on both streams. */
  printed(): string;
  /** Resolves when a text has been printed; rejects when the process ends without. */
  untilPrinted(text: string): Promise<void>;
  /** The exit code is that of a shell when a signal ended it: 128 + 9 for SIGKILL. */
  readonly ended: Promise<Ended>;
}

/** How the process is started. */
export interface ProgramSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** On a pseudo-terminal, made by `script` of util-linux; what is printed then comes as one stream. */
  readonly onTerminal?: boolean;
  /** No file grows beyond this, in blocks of 512 bytes: what a full disk is to whoever writes. */
  readonly largestFile?: number;
  /** In this network instead of the machine's, named as `nsenter --net` has it. */
  readonly network?: string;
}

/** The words that run the sources as they are. */
const PROGRAM: readonly string[] = [
  process.execPath,
  '--import',
  fileURLToPath(new URL('typescript-loader.mjs', import.meta.url)),
  fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)),
];

/** Starts enforce with these words. */
export function startProgram(words: readonly string[], settings: ProgramSettings): Program {
  const [command = '', ...rest] = commandLine([...PROGRAM, ...words], settings);
  const child = spawn(command, rest, {
    cwd: settings.folder,
    env: { PATH: process.env['PATH'], ...settings.environment },
  });
  const text = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
      for (const watch of watchers) watch();
    });
  // Who was killed cannot be written to.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ exitCode: code ?? (signal === 'SIGKILL' ? 137 : 128), ...text }));
  });
  return {
    child,
    ended,
    printed: () => text.stdout + text.stderr,
    untilPrinted: (wanted) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (!(text.stdout + text.stderr).includes(wanted)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
        void ended.then(() => reject(new Error(`it ended and never said ${wanted}:\n${text.stdout}${text.stderr}`)));
      }),
  };
}

function commandLine(
  line: readonly string[],
  { onTerminal, largestFile, network }: ProgramSettings,
): readonly string[] {
  if (onTerminal === true) return ['script', '-qec', line.map((word) => `'${word}'`).join(' '), '/dev/null'];
  if (largestFile !== undefined) return ['sh', '-c', `ulimit -f ${largestFile}; exec "$@"`, 'sh', ...line];
  return network === undefined ? line : ['nsenter', `--net=${network}`, ...line];
}
