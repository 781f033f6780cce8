import type { Readable, Writable } from 'node:stream';
import { EnforceError } from '../model/errors.ts';
import type { ScriptLimits, ScriptOutput } from './connection.ts';
import { failureOf } from './explain.ts';

/** A shell that runs: a local child process, or a channel with a remote one behind it. */
export interface Shell {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  on(event: 'close', listener: (exitCode: number | null | undefined, signal?: string) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Feeds a script to a shell and collects what it says; a shell that passes its limits is stopped. */
export function collectOutput(
  shell: Shell,
  script: string,
  limits: ScriptLimits,
  stop: () => void,
): Promise<ScriptOutput> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    const fail = (error: EnforceError): void => {
      clearTimeout(deadline);
      reject(error);
      stop();
    };
    const deadline = setTimeout(() => {
      fail(new EnforceError('timed-out', `a script on the host was not done within ${limits.deadlineMilliseconds} ms`));
    }, limits.deadlineMilliseconds);

    shell.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limits.maximumBytes) stdout.push(chunk);
      else fail(new EnforceError('engine', `a script on the host wrote more than ${limits.maximumBytes} bytes`));
    });
    shell.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(0, 4096);
    });
    shell.on('error', (error) => {
      fail(new EnforceError('engine', `no shell could be started: ${failureOf(error).message}`, { cause: error }));
    });
    shell.on('close', (exitCode, signal) => {
      clearTimeout(deadline);
      if (typeof exitCode === 'number') resolve({ exitCode, stdout: Buffer.concat(stdout).toString('utf8'), stderr });
      else fail(new EnforceError('engine', `a script on the host was ended by ${signal ?? 'a lost connection'}`));
    });
    // A shell that ends early closes its input; its exit code says why.
    shell.stdin.on('error', () => undefined);
    shell.stdin.end(script);
  });
}
