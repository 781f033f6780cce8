import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where roots, layers, states and results are kept between runs. */
export const FOLDER = process.env.ENFORCE_BENCH ?? '/var/tmp/enforce-bench';
const LAYERS = join(import.meta.dirname, 'layers.sh');
const ROOT_IMAGE = 'enforce-bench/root:1';

/** The image of a service, built where the engine does not have it; its name ends with a digest of what is in it. */
export function imageOf(service) {
  const name = `enforce-bench/${service.name}:${digestOf(service)}`;
  if (hasImage(name)) return name;
  if (!hasImage(ROOT_IMAGE)) importRoot();
  const context = mkdtempSync(join(FOLDER, 'context-'));
  try {
    writeContext(context, service);
    const built = spawnSync('docker', ['build', '-q', '-t', name, context], {
      encoding: 'utf8',
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
    });
    if (built.status !== 0) throw new Error(`the image of ${service.name} cannot be built: ${built.stderr}`);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return name;
}

/** The file with what a set of packages adds to the root, fetched where it is not there yet. */
export function layerOf(packages) {
  const sorted = [...packages].sort();
  const file = join(FOLDER, 'layers', `${shortDigest(sorted.join(' '))}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(dirname(file), { recursive: true });
  fetch('root');
  fetch('layer', file, ...sorted);
  return file;
}

function fetch(...words) {
  const made = spawnSync('bash', [LAYERS, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (made.status !== 0)
    throw new Error(`layers.sh ${words.join(' ')}: ${made.stderr.trim().split('\n').slice(-2).join(' ')}`);
}

function writeContext(context, service) {
  const added = service.packages.length > 0;
  if (added) linkSync(layerOf(service.packages), join(context, 'layer.tar'));
  mkdirSync(join(context, 'files'));
  const files = { ...service.files, ...(service.setup ? { '/.setup': `#!/bin/sh -e\n${service.setup}` } : {}) };
  for (const [path, text] of Object.entries(files)) writeInto(join(context, 'files', path), text);
  writeFileSync(join(context, 'Dockerfile'), dockerfile(service, added));
}

/** A file that begins with `#!` can be run. */
function writeInto(path, text) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, text);
  chmodSync(path, text.startsWith('#!') ? 0o755 : 0o644);
}

function dockerfile({ env = {}, entrypoint = [], command = [], user, stopSignal, setup }, added) {
  return [
    `FROM ${ROOT_IMAGE}`,
    ...(added ? ['ADD layer.tar /'] : []),
    'COPY files/ /',
    ...(setup ? ['RUN /.setup && rm /.setup'] : []),
    ...Object.entries(env).map(([key, value]) => `ENV ${key}=${JSON.stringify(value)}`),
    ...(user ? [`USER ${user}`] : []),
    ...(stopSignal ? [`STOPSIGNAL ${stopSignal}`] : []),
    `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
    `CMD ${JSON.stringify(command)}`,
    '',
  ].join('\n');
}

function importRoot() {
  fetch('root');
  const root = join(FOLDER, 'root');
  const without = ['./dev/*', './var/lib/apt/lists/*', './complete', './usr/share/doc/*', './usr/share/man/*'];
  const words = ['-C', root, '--numeric-owner', ...without.map((path) => `--exclude=${path}`), '-cf', '-', '.'];
  const script =
    'tar "$@" | docker import -c "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" - "$0"';
  execFileSync('sh', ['-c', script, ROOT_IMAGE, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function hasImage(name) {
  return spawnSync('docker', ['image', 'inspect', name]).status === 0;
}

function digestOf({ packages, files, setup, env, entrypoint, command, user, stopSignal }) {
  return shortDigest(JSON.stringify([[...packages].sort(), files, setup, env, entrypoint, command, user, stopSignal]));
}

function shortDigest(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
