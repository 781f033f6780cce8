// Builds dist/: the program as a few files, because loading several hundred takes longer than scanning a host does.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

// dockerode loads gRPC for image builds, which enforce never makes; that is a third of what a scan would load.
const withoutGrpc = {
  name: 'without-grpc',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:@grpc\/|protobufjs)/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

// Packages written for require find it, and where they are, as they would without being bundled.
const banner = [
  "import { createRequire as createRequireHere } from 'node:module';",
  "import { fileURLToPath as pathHere } from 'node:url';",
  'const require = createRequireHere(import.meta.url);',
  'const __filename = pathHere(import.meta.url);',
  "const __dirname = pathHere(new URL('.', import.meta.url));",
].join('\n');

rmSync('dist/cli', { recursive: true, force: true });
await build({
  entryPoints: ['src/cli/main.ts'],
  outdir: 'dist/cli',
  bundle: true,
  splitting: true,
  format: 'esm',
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
  banner: { js: banner },
  logLevel: 'warning',
});
