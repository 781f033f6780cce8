import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** One TypeScript file of this repository, as the architecture tests look at it. */
export interface SourceFile {
  /** From the root of the repository, `src/plan/assess.ts`. */
  readonly path: string;
  /** `plan` for src/plan/assess.ts and src/plan/ports/choose.ts. */
  readonly folder: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** What a file imports from one place. */
export interface Import {
  /** Path in this repository, or the package: `src/model/plan.ts`, `zod`, `node:fs`. */
  readonly from: string;
  readonly isPackage: boolean;
  /** `types` are gone when the program runs; `later` is an `import()`. */
  readonly kind: 'types' | 'load' | 'later';
}

/** Absolute path of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** Every file of the repository that people write, from its root; not what tools install or build. */
export function writtenFiles(): readonly string[] {
  return filesBelow('.').toSorted();
}

/** The TypeScript files below some folders, parsed. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return writtenFiles()
    .filter((path) => path.endsWith('.ts') && folders.some((folder) => path.startsWith(`${folder}/`)))
    .map(parse);
}

/** Calls `visit` with every node of a file's syntax tree. */
export function walk(root: ts.Node, visit: (node: ts.Node) => void): void {
  visit(root);
  ts.forEachChild(root, (child) => walk(child, visit));
}

/** `src/plan/assess.ts:12`, for messages. */
export function placeOf(file: SourceFile, node: ts.Node): string {
  const { line } = file.syntax.getLineAndCharacterOfPosition(node.getStart(file.syntax));
  return `${file.path}:${line + 1}`;
}

const NOT_WRITTEN = new Set(['.git', 'node_modules', 'dist', 'coverage', 'package-lock.json']);

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (NOT_WRITTEN.has(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function parse(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const folder = relative('src', path).split('/')[0] ?? '';
  return { path, folder, text, syntax, imports: importsOf(path, syntax) };
}

function importsOf(path: string, syntax: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, kind: Import['kind']): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const isPackage = !specifier.text.startsWith('.');
    const from = isPackage ? packageOf(specifier.text) : posix.join(posix.dirname(path), specifier.text);
    found.push({ from, isPackage, kind });
  };
  walk(syntax, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node) ? 'types' : 'load');
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'types' : 'load');
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'types');
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'later');
    }
  });
  return found;
}

function importsTypesOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = importClause.namedBindings;
  if (importClause.name !== undefined || names === undefined || !ts.isNamedImports(names)) return false;
  return names.elements.every((element) => element.isTypeOnly);
}

/** `@inquirer/prompts` for `@inquirer/prompts/confirm`; Node's own modules keep their whole name. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
