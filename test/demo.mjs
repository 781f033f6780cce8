// `npm run demo`: the main job on three hosts inside this process; `npm run demo -- --real`: on this machine's engine.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const [major, minor] = process.versions.node.split('.').map(Number);
const words = process.argv.slice(2);
const unknown = words.find((word) => word !== '--real');

if (unknown !== undefined) {
  console.error(`The demo does not know ${unknown}. It takes nothing, or --real for this machine's own Docker engine.`);
  process.exit(1);
}
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: the demo needs 20.19 or newer.`);
  process.exit(1);
}
try {
  if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json'))) {
    console.log('Installing what it needs: npm ci');
    run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  }
  console.log('Building enforce and the demo');
  run(process.execPath, join(ROOT, 'build/build.mjs'));
  run(process.execPath, join(ROOT, 'node_modules/ts7/bin/tsc'), '-p', join(ROOT, 'tsconfig.demo.json'));
} catch {
  console.error('The demo could not be built; what went wrong is above.');
  process.exit(1);
}
const { demo } = await import('../dist/demo/test/demo/main.js');
process.exitCode = await demo(words.includes('--real'), join(ROOT, 'dist/cli/main.js'));

function run(command, ...argv) {
  execFileSync(command, argv, { cwd: ROOT, stdio: 'inherit' });
}
