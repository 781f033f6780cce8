#!/usr/bin/env node
import { enableCompileCache } from './compile-cache.ts';
import { run } from './run.ts';
import { realWorld } from './world.ts';

enableCompileCache();
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await run(process.argv.slice(2), realWorld());
