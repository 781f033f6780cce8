import { run } from './run.ts';
import { realWorld } from './world.ts';

// A reader that goes away, or a full disk behind a redirection, must not end a change halfway.
let unwritten: NodeJS.ErrnoException | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  unwritten ??= error;
});
process.stderr.on('error', () => undefined);
void run(process.argv.slice(2), realWorld()).then((exitCode) => {
  process.exitCode = exitCode === 0 && unwritten !== undefined && unwritten.code !== 'EPIPE' ? 1 : exitCode;
});
