import type { EnforceError } from '../model/errors.ts';
import { fileError, type Path } from './problem.ts';

/** One statement of an inventory, whatever its source; together they make the hosts. */
export type Declaration =
  | { readonly kind: 'group'; readonly group: string; readonly place: Place }
  | { readonly kind: 'child'; readonly group: string; readonly child: string; readonly place: Place }
  | {
      readonly kind: 'host';
      readonly group: string;
      readonly host: string;
      readonly variables: readonly Variable[];
      readonly place: Place;
    }
  | {
      readonly kind: 'group-variables';
      readonly group: string;
      readonly variables: readonly Variable[];
      /** From group_vars, which is stronger than what the inventory itself says of the same group. */
      readonly fromFolder: boolean;
    }
  | { readonly kind: 'host-variables'; readonly host: string; readonly variables: readonly Variable[] };

/** One variable, and where it was given its value. */
export interface Variable {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place;
}

/** Where something was written. */
export interface Place {
  readonly file: string;
  /** Absent for the command line and the environment. */
  readonly line?: number;
  readonly path: Path;
  /** What a relative path beside it is relative to. */
  readonly folder: string;
}

/** An inventory that is wrong at one place. */
export function badInventory({ file, line, path }: Place, text: string): EnforceError {
  return fileError('bad-inventory', file, [{ path, text, ...(line === undefined ? {} : { line }) }]);
}

/** `FILE:LINE`, as messages name a place. */
export function placeText({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** Whether a text can name a group. */
export function isGroupName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text);
}
