import type { Paint, Tone } from './paint.ts';

/** One cell of a table, coloured by what it means where that matters. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/**
 * Rows as lines with their cells aligned. A cell wider than `widest` pushes the rest of its own row and no other; the
 * last cell of a row is not padded.
 */
export function inColumns(rows: readonly (readonly Cell[])[], paint: Paint, widest = 60): readonly string[] {
  return inGrowingColumns(paint, widest)(rows);
}

/** The same for a table that is written part by part: columns get wider with a part that needs it, and never narrower. */
export function inGrowingColumns(
  paint: Paint,
  widest: number,
): (rows: readonly (readonly Cell[])[]) => readonly string[] {
  const widths: number[] = [];
  return (rows) => {
    for (const row of rows) {
      for (const [column, cell] of row.entries()) {
        const cellWidth = width(cell);
        widths[column] = Math.max(widths[column] ?? 0, cellWidth <= widest ? cellWidth : 0);
      }
    }
    return lines(rows, widths, paint);
  };
}

function lines(rows: readonly (readonly Cell[])[], widths: readonly number[], paint: Paint): readonly string[] {
  return rows.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0, paint))
      .join('  ')
      .trimEnd(),
  );
}

/** A text filled up with spaces to a width, counted in characters as they are seen. */
export function padTo(text: string, wanted: number): string {
  return text + ' '.repeat(Math.max(0, wanted - width(text)));
}

function width(cell: Cell): number {
  return Array.from(typeof cell === 'string' ? cell : cell.text).length;
}

function padded(cell: Cell, wanted: number, paint: Paint): string {
  if (typeof cell === 'string') return padTo(cell, wanted);
  // Only the text is painted: painted blanks at the end of a line could not be trimmed.
  return paint(cell.tone, cell.text) + ' '.repeat(Math.max(0, wanted - width(cell)));
}
