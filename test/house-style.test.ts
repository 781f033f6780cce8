import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { placeOf, ROOT, sourceFiles, walk, writtenFiles, type SourceFile } from './support/source-file.ts';

const sources = sourceFiles('src');
const everything = sourceFiles('src', 'test');
const manifest = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies' | 'overrides',
  Readonly<Record<string, string>>
>;

describe('how the code is written', () => {
  test('no file is longer than 250 lines', () => {
    const files = writtenFiles().filter((path) => /^(src|test|bench)\/.*\.(ts|mjs|sh)$/.test(path));

    const long = files.map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }));

    expect(long.filter(({ lines }) => lines > 250)).toEqual([]);
  });

  test('no file is a drawer for what has no name', () => {
    const drawers = /^(utils?|helpers?|common|misc|shared|lib)(\.|$)/;

    expect(writtenFiles().filter((path) => path.split('/').some((part) => drawers.test(part)))).toEqual([]);
  });

  test('a sentence above every export says what it is for', () => {
    const silent = everything.flatMap((file) =>
      exportedStatements(file)
        .filter((statement) => !isExplained(statement))
        .map((statement) => `${placeOf(file, statement)} ${statement.getText(file.syntax).split('\n')[0] ?? ''}`),
    );

    expect(silent).toEqual([]);
  });

  test('nothing is exported by default, nothing is of type any, nothing is an enum or a namespace', () => {
    const wrong = places(
      everything,
      (node) =>
        (ts.isExportAssignment(node) && !(node.isExportEquals ?? false)) ||
        (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)) ||
        node.kind === ts.SyntaxKind.AnyKeyword ||
        ts.isEnumDeclaration(node) ||
        ts.isModuleDeclaration(node),
    );

    expect(wrong).toEqual([]);
  });

  test('nothing is left for later', () => {
    const marks = /\b(TO[D]O|FIX[M]E)\b/;

    expect(everything.filter(({ text }) => marks.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('only cli knows the process, the console and the clock', () => {
    const outside = sources.filter(({ folder }) => folder !== 'cli');

    expect(places(outside, isAmbient)).toEqual([]);
  });

  test('rules, plans and reports come out the same every time', () => {
    const pure = sources.filter(({ folder }) => ['model', 'rules', 'plan', 'report'].includes(folder));

    expect(places(pure, (node) => /^(Math\.random|random(UUID|Bytes|Int))$/.test(node.getText()))).toEqual([]);
  });
});

describe('what the project leans on', () => {
  test('every version is exact', () => {
    const { dependencies, devDependencies, overrides } = manifest;

    const loose = Object.entries({ ...dependencies, ...devDependencies, ...overrides }).filter(
      ([, version]) => !/^(npm:[a-z]+@)?\d+\.\d+\.\d+$|^\$/.test(version),
    );

    expect(loose).toEqual([]);
  });

  test('CONTRIBUTING.md says of every dependency what it is for, and of no other', () => {
    const [, table = ''] = read('CONTRIBUTING.md').split('\n## Dependencies\n');
    const said = [...table.matchAll(/^\| `([^`]+)` +\| \S.* \|$/gm)].map(([, name]) => name);
    const used = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];

    expect(said.sort()).toEqual(used.sort());
  });

  test('no file names a folder of the machine it was written on', () => {
    const folder = /(^|[\s"'`=(:])\/(wor[k]|User[s])\/\w/m;

    expect(writtenFiles().filter((path) => folder.test(read(path)))).toEqual([]);
  });
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function places(files: readonly SourceFile[], isWanted: (node: ts.Node) => boolean): readonly string[] {
  return files.flatMap((file) => {
    const found: string[] = [];
    walk(file.syntax, (node) => {
      if (isWanted(node)) found.push(`${placeOf(file, node)} ${node.getText(file.syntax).slice(0, 60)}`);
    });
    return found;
  });
}

/** Exported declarations; of a function's overloads the first. */
function exportedStatements({ syntax }: SourceFile): readonly ts.Statement[] {
  return syntax.statements.filter((statement, index) => {
    if (!ts.canHaveModifiers(statement)) return false;
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return false;
    const previous = syntax.statements[index - 1];
    const isLaterOverload =
      ts.isFunctionDeclaration(statement) &&
      previous !== undefined &&
      ts.isFunctionDeclaration(previous) &&
      previous.name?.text === statement.name?.text;
    return !isLaterOverload;
  });
}

function isExplained(statement: ts.Statement): boolean {
  const comment = ts.getJSDocCommentsAndTags(statement).find(ts.isJSDoc)?.comment;
  return /[.?!:)]$/.test((ts.getTextOfJSDocComment(comment) ?? '').trim());
}

function isAmbient(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0;
  if (ts.isPropertyAccessExpression(node)) {
    return ['Date.now', 'performance.now'].includes(node.getText());
  }
  if (!ts.isIdentifier(node) || !['process', 'console'].includes(node.text)) return false;
  const { parent } = node;
  return ts.isPropertyAccessExpression(parent) && parent.expression === node;
}
