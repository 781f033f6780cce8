// npm run build: dist/cli/, the program as one file beside V8's compiled code of it. Loading several hundred files, and
// compiling them, would take longer than scanning a host does.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist/cli');

// dockerode loads gRPC for image builds, which enforce never makes; that is a third of what a scan would load.
const withoutGrpc = {
  name: 'without-grpc',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:@grpc\/|protobufjs)/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

rmSync(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/cli/main.ts'],
  outfile: join(OUT, 'enforce.cjs'),
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  // Compiled accelerators of ssh2; it does without where they are not installed.
  external: ['cpu-features', '*.node'],
  plugins: [withoutGrpc],
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
writeFileSync(join(OUT, 'package.json'), '{ "type": "commonjs" }\n');
copyFileSync(join(ROOT, 'build/launch.cjs'), join(OUT, 'main.js'));
chmodSync(join(OUT, 'main.js'), 0o755);
execFileSync(process.execPath, [join(ROOT, 'build/warm-up.cjs'), OUT], { stdio: ['ignore', 'ignore', 'inherit'] });
