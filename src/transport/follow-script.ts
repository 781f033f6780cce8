import { EnforceError } from '../model/errors.ts';
import type { Shell } from './collect-output.ts';
import type { RunningScript } from './connection.ts';
import { failureOf } from './explain.ts';

/** Feeds a script to a shell that is spoken to while it runs. */
export function followScript(shell: Shell, script: string): RunningScript {
  let stderr = '';
  shell.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(0, 4096);
  });
  const ended = new Promise<Awaited<RunningScript['ended']>>((resolve, reject) => {
    shell.on('error', (error) => {
      reject(
        new EnforceError('engine', `no shell could be started: ${failureOf(error).message}`, {
          cause: error,
        }),
      );
    });
    shell.on('close', (exitCode, signal) => {
      if (typeof exitCode === 'number') resolve({ exitCode, stderr });
      else reject(new EnforceError('engine', `a script on the host was ended by ${signal ?? 'a lost connection'}`));
    });
  });
  // Whoever only listens to what it says learns of the end there.
  ended.catch(() => undefined);
  // A shell that ends early closes its input; its exit code says why.
  shell.stdin.on('error', () => undefined);
  shell.stdin.write(script);
  return {
    output: shell.stdout,
    send: (text) => void shell.stdin.write(text),
    end: () => void shell.stdin.end(),
    ended,
  };
}
