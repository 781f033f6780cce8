import { baseName } from '../model/base-name.ts';

/**
 * The commands that a script becomes or reads in, word by word: what stands after `exec`, `.` and `source`. `"$@"` stands
 * for the words the script was given.
 */
export function commandsIn(text: string, given: readonly string[]): readonly (readonly string[])[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines.flatMap((line) =>
    line.length > MOST_LINE ? [] : [...line.matchAll(BECOMES)].map(([, rest = '']) => wordsIn(rest, given)),
  );
}

/** Folders of scripts that a script goes through: `/docker-entrypoint.d/`. */
export function foldersIn(text: string): readonly string[] {
  const named = text
    .split('\n')
    .filter((line) => line.length <= MOST_LINE && GOES_THROUGH.test(line))
    .flatMap((line) => [...line.matchAll(/(?<![\w$}.-])(\/[\w./-]{1,200}\.d)(?=[/\s"';)*]|$)/g)])
    .map(([, folder = '']) => folder);
  return [...new Set(named)].slice(0, MOST_FOLDERS);
}

/** Not where one is only spoken of. */
const GOES_THROUGH = /^[^#]*\b(?:for|find|run-parts|ls)\b/;

/** Whether a program is a shell, which runs the file or the text it is given. */
export function isShell(program: string): boolean {
  return /^(?:ba|da|a|k|z|mk)?sh$/.test(baseName(program));
}

/** Whether a program does nothing but run another, as another user, under another parent or in another place. */
export function isWrapper(program: string): boolean {
  return WRAPPERS.includes(baseName(program));
}

const WRAPPERS = [
  ...['tini', 'tini-static', 'docker-init', 'dumb-init', 'catatonit', 'env', 'nohup', 'nice', 'ionice', 'timeout'],
  ...['gosu', 'su-exec', 'setpriv', 'runuser', 'su', 'sudo', 'chpst', 's6-setuidgid', 's6-applyuidgid', 'with-contenv'],
  ...['chroot', 'start-stop-daemon', 'stdbuf', 'taskset', 'numactl', 'busybox', 'execlineb', 'setuidgid', 'softlimit'],
];
const MOST_LINE = 8192;
const MOST_FOLDERS = 8;

const BECOMES = /(?:^|[;&|({]|\b(?:then|else|do))[ \t]*(?:exec|\.|source)[ \t]+([^;&|\n]+)/g;

/** Words as a shell would have them, without what it would work out. */
function wordsIn(rest: string, given: readonly string[]): readonly string[] {
  const words = rest
    .trim()
    .replace(/^(?:-a\s+\S+\s+|-[cl]\s+)+/, '')
    .split(/\s+/)
    .slice(0, 32);
  return words.flatMap((word) => (/^"?\$(?:@|\{@\}|\*)"?$/.test(word) ? given : [word.replaceAll(/["']/g, '')]));
}
