import { describe, expect, test } from '@jest/globals';
import { sourceFiles, type Import, type SourceFile } from './support/source-file.ts';

interface Allowed {
  readonly folders: readonly string[];
  /** Folders of which only the types may be known. */
  readonly types?: readonly string[];
  readonly packages: readonly string[];
}

const FILES = ['node:fs', 'node:fs/promises', 'node:path', 'node:url'];
const NETWORK = [
  'node:net',
  'node:tls',
  'node:http',
  'node:stream',
  'node:stream/promises',
  'node:child_process',
  'node:timers/promises',
];

/** The order in which data flows: a folder knows those it builds on, and no other. */
const ALLOWED: Readonly<Record<string, Allowed>> = {
  model: { folders: [], packages: [] },
  load: { folders: ['model'], packages: ['yaml', 'zod', 'lossless-json', 'node:crypto', 'node:net', ...FILES] },
  transport: {
    folders: ['model'],
    packages: ['ssh2', 'p-limit', 'node:crypto', 'node:os', 'node:util', ...NETWORK, ...FILES],
  },
  engine: { folders: ['model', 'transport'], packages: ['dockerode', 'lossless-json', 'node:http', 'node:stream'] },
  scan: { folders: ['model'], types: ['engine', 'transport'], packages: ['p-limit', 'node:crypto'] },
  observe: { folders: ['model'], types: ['engine', 'transport'], packages: [] },
  rules: { folders: ['model'], packages: [] },
  plan: { folders: ['model'], packages: ['node:crypto'] },
  apply: { folders: ['model'], types: ['engine', 'transport'], packages: ['node:crypto', 'node:zlib', ...FILES] },
  report: { folders: ['model'], packages: ['lossless-json'] },
  cli: {
    folders: ['model', 'load', 'transport', 'engine', 'scan', 'observe', 'rules', 'plan', 'apply', 'report'],
    packages: ['commander', 'inquirer', 'winston', 'p-limit', 'node:*'],
  },
};

const sources = sourceFiles('src');

describe('the direction of imports', () => {
  test('every folder of src has its place in the table', () => {
    const folders = [...new Set(sources.map(({ folder }) => folder))];

    expect(folders.filter((folder) => !(folder in ALLOWED))).toEqual([]);
  });

  test('a folder imports only the folders it builds on', () => {
    const wrong = eachImport(({ isPackage }) => !isPackage).filter(
      ({ file, used }) => used.from.split('/')[1] !== file.folder && !mayImport(file.folder, used),
    );

    expect(wrong.map(sentence)).toEqual([]);
  });

  test('a folder uses only the packages that its work needs', () => {
    const wrong = eachImport(({ isPackage }) => isPackage).filter(({ file, used }) => {
      const packages = ALLOWED[file.folder]?.packages ?? [];
      const isNode = used.from.startsWith('node:') && packages.includes('node:*');
      return !isNode && !packages.includes(used.from);
    });

    expect(wrong.map(sentence)).toEqual([]);
  });

  test('files name one another with their extension, as Node finds them', () => {
    const wrong = eachImport(({ isPackage, from }) => !isPackage && !from.endsWith('.ts'));

    expect(wrong.map(sentence)).toEqual([]);
  });

  test('no file waits for itself when it is loaded', () => {
    const byPath = new Map(sources.map((file) => [file.path, file]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
      if (way.includes(path) || done.has(path)) return;
      for (const { from, kind } of byPath.get(path)?.imports ?? []) {
        if (kind === 'load') visit(from, [...way, path]);
      }
      done.add(path);
    };

    for (const { path } of sources) visit(path, []);

    expect(circles).toEqual([]);
  });
});

interface Use {
  readonly file: SourceFile;
  readonly used: Import;
}

function eachImport(wanted: (used: Import) => boolean): readonly Use[] {
  return sources.flatMap((file) => file.imports.filter(wanted).map((used) => ({ file, used })));
}

function mayImport(folder: string, used: Import): boolean {
  const [root, other] = used.from.split('/');
  const allowed = ALLOWED[folder];
  if (root !== 'src' || other === undefined || allowed === undefined) return false;
  return allowed.folders.includes(other) || (used.kind === 'types' && (allowed.types ?? []).includes(other));
}

function sentence({ file, used }: Use): string {
  return `${file.path} imports ${used.kind === 'types' ? 'types of ' : ''}${used.from}`;
}
