import type { Print, Prints } from './entries-at.ts';

/** What differs between two readings of the same places, in words: which path, and what about it. */
export function printDifferences(wanted: Prints, found: Prints): readonly PrintDifference[] {
  const paths = [...new Set([...wanted.keys(), ...found.keys()])];
  return paths.flatMap((path) => {
    const [a, b] = [wanted.get(path), found.get(path)];
    const what = a === undefined ? 'added' : b === undefined ? 'missing' : firstDifference(a, b);
    return what === undefined ? [] : [{ path: `/${Buffer.from(path, 'latin1').toString('utf8')}`, what }];
  });
}

/** One path that is not the same in both. */
export interface PrintDifference {
  readonly path: string;
  /** `missing`: the second reading has nothing there; `added`: the first has not. */
  readonly what: string;
}

const WORDS = {
  type: 'kind',
  mode: 'mode',
  uid: 'owner',
  gid: 'group',
  size: 'size',
  link: 'link target',
  device: 'device number',
  attributes: 'extended attributes',
  modified: 'modification time',
  content: 'content',
} as const satisfies Record<keyof Print, string>;

function firstDifference(a: Print, b: Print): string | undefined {
  const keys = Object.keys(WORDS) as readonly (keyof Print)[];
  const key = keys.find((each) => a[each] !== b[each]);
  if (key === undefined) return undefined;
  if (key === 'attributes' || key === 'content') return WORDS[key];
  const shown = (print: Print): string => (key === 'mode' ? print.mode.toString(8) : String(print[key]));
  return `${WORDS[key]} (${shown(a)}, ${shown(b)})`;
}
