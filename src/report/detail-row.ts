import { padTo } from './columns.ts';
import type { Paint } from './paint.ts';

/** One line under a change: what it is about, its value, and what is said beside it. */
export interface DetailRow {
  readonly label: string;
  readonly value: string;
  readonly notes: readonly string[];
}

/** A row; empty notes are left out. */
export function detailRow(label: string, value: string, notes: readonly string[] = []): DetailRow {
  return { label, value, notes: notes.filter((note) => note !== '') };
}

/** Where the lines under a change begin. */
export const DETAIL_INDENT = ' '.repeat(8);

/** How wide the middle of a change's lines is, from its image to its values. */
export const VALUE_WIDTH = 44;

/** A row as a line, in columns that are the same for every change. */
export function detailLine({ label, value, notes }: DetailRow, paint: Paint): string {
  const [first, ...rest] = notes;
  const shown = label === 'warn' ? paint('change', label) : label;
  const start = `${DETAIL_INDENT}${shown}${' '.repeat(Math.max(1, LABEL_WIDTH - label.length))}`;
  if (first === undefined) return `${start}${value}`.trimEnd();
  const note = rest.length === 0 ? first : `${padTo(first, RULE_WIDTH)}  ${rest.join('  ')}`;
  return `${start}${padTo(value, VALUE_WIDTH)}  ${note}`.trimEnd();
}

const LABEL_WIDTH = 10;
const RULE_WIDTH = 21;
