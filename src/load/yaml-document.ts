import { type Document, LineCounter, parseDocument, type ScalarTag, type YAMLError } from 'yaml';
import type { ErrorCode } from '../model/errors.ts';
import { fileError, type Path } from './problem.ts';
import type { TextFile } from './text-file.ts';
import { readYamlValue } from './yaml-value.ts';

/** A YAML file as plain data that remembers on which line each part of it stands. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** Line of the deepest part of the path that exists. */
  lineOf(path: Path): number;
}

const TOO_DEEP = 'nested too deeply; expected a file that a person wrote';

/** Ansible's own tags; what an encrypted value is, is decided by who needs it. */
const ANSIBLE_TAGS: ScalarTag[] = ['!vault', '!vault-encrypted', '!unsafe'].map((tag) => ({
  tag,
  resolve: (text: string) => text,
}));

/** Parses a file that must hold one YAML document; anything doubtful in it is an error with its line. */
export function parseYaml({ file, text }: Pick<TextFile, 'file' | 'text'>, code: ErrorCode): YamlDocument {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => Math.max(lines.linePos(offset).line, 1);
  try {
    const document = parse(text, lines);
    const [first] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    if (first !== undefined) {
      throw fileError(code, file, [{ line: lineAt(first.pos[0]), path: [], text: syntaxText(first, text) }]);
    }
    if (document.contents === null) {
      throw fileError(code, file, [{ line: 1, path: [], text: 'the file is empty; expected a YAML document' }]);
    }
    const { value, offsetOf } = readYamlValue(document.contents, lineAt, (problem) => fileError(code, file, [problem]));
    return { file, value, lineOf: (path) => lineAt(offsetOf(path)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Reading recurses; only text made to exhaust it nests this deeply.
    throw fileError(code, file, [{ line: 1, path: [], text: TOO_DEEP }]);
  }
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    customTags: ANSIBLE_TAGS,
    prettyErrors: false,
    stringKeys: true,
    // Told in our own words, with both lines, when the value is read; the parser's own way is also quadratic.
    uniqueKeys: false,
  });
}

function syntaxText(error: YAMLError, text: string): string {
  switch (error.code) {
    case 'RESOURCE_EXHAUSTION':
      return TOO_DEEP;
    case 'TAB_AS_INDENT':
      return 'a tab is used for indentation; expected spaces';
    case 'MULTIPLE_DOCS':
      return 'a second document begins; expected one document in the file';
    case 'TAG_RESOLVE_FAILED':
      return `the tag ${text.slice(...error.pos)} is not known; expected plain YAML`;
    case 'NON_STRING_KEY':
      return 'a key that is not plain text; expected a word';
    default:
      return `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}; expected valid YAML`;
  }
}
