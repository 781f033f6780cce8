// npm run build: dist/cli/, the program as a few files beside V8's compiled code of them. Loading several hundred files,
// and compiling them, would take longer than scanning a host does; one file would make every command load all of it.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist/cli');
const COMMON = {
  absWorkingDir: ROOT,
  platform: 'node',
  target: 'node20',
  outdir: OUT,
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
};

// dockerode loads gRPC for image builds, which enforce never makes; that is a third of what a scan would load.
const withoutGrpc = {
  name: 'without-grpc',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:@grpc\/|protobufjs)/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

rmSync(OUT, { recursive: true, force: true });
// What is loaded together comes to lie together: what is imported only when it is needed is in files of its own.
await build({
  ...COMMON,
  entryPoints: { enforce: 'src/cli/main.ts' },
  bundle: true,
  splitting: true,
  format: 'esm',
  legalComments: 'linked',
  // Compiled accelerators of ssh2; it does without where they are not installed.
  external: ['cpu-features', '*.node'],
  plugins: [withoutGrpc],
  define: { 'import.meta.url': 'moduleUrl' },
});
// V8 keeps compiled code of scripts only, and scripts `require`.
writeFileSync(join(OUT, 'package.json'), '{ "type": "commonjs" }\n');
await build({
  ...COMMON,
  entryPoints: readdirSync(OUT)
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(OUT, name)),
  allowOverwrite: true,
  format: 'cjs',
  legalComments: 'none',
  // What there is to say of them was said the first time.
  logLevel: 'error',
  supported: { 'dynamic-import': false },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
copyFileSync(join(ROOT, 'build/launch.cjs'), join(OUT, 'main.js'));
copyFileSync(join(ROOT, 'build/load.cjs'), join(OUT, 'load.cjs'));
chmodSync(join(OUT, 'main.js'), 0o755);
execFileSync(process.execPath, [join(ROOT, 'build/warm-up.cjs'), OUT], { stdio: ['ignore', 'ignore', 'inherit'] });
