import { run } from './run.ts';
import { realWorld } from './world.ts';

// A reader that goes away, or a full disk behind a redirection, must not end a change halfway.
let unwritten: NodeJS.ErrnoException | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  unwritten ??= error;
});
process.stderr.on('error', () => undefined);
void run(process.argv.slice(2), realWorld()).then((exitCode) => {
  // Once everything is written; left to itself, Node takes a tenth of a scan's time to put its own things away.
  process.stdout.write('', () => process.stderr.write('', () => setImmediate(() => process.exit(codeOf(exitCode)))));
});

/** A result that could not be written was not given; a reader that had enough is no such case. */
function codeOf(exitCode: number): number {
  return exitCode === 0 && unwritten !== undefined && unwritten.code !== 'EPIPE' ? 1 : exitCode;
}
