import { run } from './run.ts';
import { realWorld } from './world.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
void run(process.argv.slice(2), realWorld()).then((exitCode) => {
  process.exitCode = exitCode;
});
