import { maskWords } from '../model/mask-words.ts';
import { withoutKnownSecrets } from '../model/without-secrets.ts';
import { digestOf } from './digest-of.ts';

/**
 * The text of a script without secrets: what the container has in its environment, private keys, and whatever stands where
 * a command line has one. Each command is masked by itself, so that what is hidden of one hides nothing of the next.
 */
export function maskScript(text: string, about: object): string {
  return withoutKnownSecrets(text.replace(PRIVATE_KEY, '$1[hidden]$2'), about)
    .split(/(?<!\\)\n/)
    .map((line) =>
      commandsOf(line)
        .map((command) => maskWords([command], digestOf)[0] ?? '')
        .join(''),
    )
    .join('\n');
}

const PRIVATE_KEY = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*(-----END)/g;

/** A line, with what it goes on in, cut before each `;`, `&` and `|` that is in no quotes; put together they are the line. */
function commandsOf(line: string): readonly string[] {
  const commands: string[] = [];
  let begin = 0;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? '';
    if (letter === '\\' && quote !== "'") at++;
    else if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (SEPARATORS.includes(letter)) {
      commands.push(line.slice(begin, at));
      begin = at;
    }
  }
  return [...commands, line.slice(begin)];
}

const SEPARATORS = [';', '&', '|'];
