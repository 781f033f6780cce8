import { baseName } from '../model/base-name.ts';

/** One command of a script, as far as its text shows it. */
export interface StartCommand {
  /** The program's own name, and its words. */
  readonly words: readonly string[];
  /** It is reached only where a condition holds, or a function is called. */
  readonly isConditional: boolean;
  /** What comes after it makes up for its failure: `|| true`. */
  readonly isTolerated: boolean;
}

/** The commands of a script. It is no shell: what a script puts together while it runs is not seen. */
export function startCommands(text: string): readonly StartCommand[] {
  const commands: StartCommand[] = [];
  let depth = 0;
  for (const { piece, before, after, next } of piecesOf(text)) {
    const { words, opens, closes } = withoutKeywords(wordsOf(piece));
    depth = Math.max(0, depth - closes);
    const isConditional = depth > 0 || opens > 0 || before === '&&' || before === '||';
    const isTolerated = after === '||' && /^\s*(?::|true|echo|printf|exit\s+0)(?:\s|$)/.test(next);
    for (const each of innerCommands(words)) commands.push({ words: each, isConditional, isTolerated });
    depth += opens;
  }
  return commands;
}

interface Piece {
  readonly piece: string;
  readonly before: string;
  readonly after: string;
  readonly next: string;
}

/** A script at its separators; those within quotes are none. */
function piecesOf(text: string): readonly Piece[] {
  const parts: string[] = [];
  const separators: string[] = [];
  for (const line of text
    .slice(0, MOST_TEXT)
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)) {
    let begin = 0;
    let quote = '';
    for (let at = 0; at < line.length; at++) {
      const letter = line[at] ?? '';
      if (letter === '\\' && quote !== "'") at++;
      else if (quote !== '') quote = letter === quote ? '' : quote;
      else if (letter === '"' || letter === "'") quote = letter;
      else if (letter === '#' && /^\s?$/.test(line[at - 1] ?? '')) {
        parts.push(line.slice(begin, at));
        separators.push('\n');
        begin = line.length;
        break;
      } else if (';&|'.includes(letter)) {
        const separator = line[at + 1] === letter ? letter + letter : letter;
        parts.push(line.slice(begin, at));
        separators.push(separator);
        at += separator.length - 1;
        begin = at + 1;
      }
    }
    if (begin < line.length) {
      parts.push(line.slice(begin));
      separators.push('\n');
    }
  }
  return parts.map((piece, at) => ({
    piece,
    before: separators[at - 1] ?? '',
    after: separators[at] ?? '',
    next: parts[at + 1] ?? '',
  }));
}

const MOST_TEXT = 64 * 1024;

function wordsOf(piece: string): readonly string[] {
  return piece
    .replace(FUNCTION, '')
    .replace(PATTERN, '')
    .replaceAll(/\$\(|[`(){}"']/g, (mark) => (mark === '{' || mark === '}' ? ` ${mark} ` : ' '))
    .trim()
    .split(/\s+/, MOST_WORDS)
    .filter((word) => word !== '');
}

/** Of one command; no person writes more. */
const MOST_WORDS = 512;

/** `name()`, before its block. */
const FUNCTION = /^\s*(?:function\s+)?[\w-]+\s*\(\s*\)/;
/** `start)`, before what is done in that case. */
const PATTERN = /^\s*[^\s()$`]+\)(?=\s|$)/;

interface Stripped {
  readonly words: readonly string[];
  readonly opens: number;
  readonly closes: number;
}

/** Words of the shell's own before the command, and how many blocks they open and close. */
function withoutKeywords(words: readonly string[]): Stripped {
  let opens = 0;
  let closes = 0;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (OPENING.includes(word)) opens++;
    else if (CLOSING.includes(word)) closes++;
    else if (!PASSING.includes(word) && !/^\w+=/.test(word)) break;
  }
  const rest = words.slice(at);
  // What stands before its block, as after `foreground`.
  const trailing = rest.at(-1) === '{' ? 1 : 0;
  return { words: rest.filter((word) => word !== '{' && word !== '}'), opens: opens + trailing, closes };
}

const OPENING = ['if', 'case', 'for', 'while', 'until', '{'];
const CLOSING = ['fi', 'esac', 'done', '}'];
const PASSING = ['then', 'else', 'elif', 'do', '!', 'exec', 'command', 'builtin', 'time', 'function', 'eval'];

/** The command itself, and those it has others run: `find … -exec chown`, `xargs chown`. */
function innerCommands(words: readonly string[]): readonly (readonly string[])[] {
  if (words.length === 0) return [];
  const inner = words.flatMap((word, at) => (RUNS_NEXT.includes(word) ? [words.slice(at + 1)] : []));
  return [words, ...inner]
    .map((each) => each.slice(each.findIndex((word) => !FLAG_OR_NUMBER.test(word))))
    .filter((each) => each.length > 0)
    .map(([program = '', ...rest]) => [baseName(program), ...rest]);
}

const FLAG_OR_NUMBER = /^(?:-|\d+[a-z]?$)/;
const RUNS_NEXT = [
  '-exec',
  '-execdir',
  '-ok',
  'xargs',
  'env',
  'nohup',
  'nice',
  'timeout',
  '--',
  'with-contenv',
  'foreground',
];
