import type { Window } from './playbook.ts';

/** A time during which changes may start. Instants are milliseconds since 1970, UTC. */
export interface Opening {
  readonly opensAt: number;
  /** Null where nothing ever closes it. */
  readonly closesAt: number | null;
  /** What allows it; undefined where no window has to. */
  readonly by?: Window;
}

/** Whether changes may start at an instant, and why. */
export type WindowState =
  | {
      readonly isOpen: true;
      /** Null where nothing ever closes it. */
      readonly closesAt: number | null;
      /** What allows it; undefined where no window has to. */
      readonly by?: Window;
    }
  | {
      readonly isOpen: false;
      /** What denies it; undefined where nothing allows it. */
      readonly deniedBy?: Window;
    };

/** What the windows of some hosts, all of which have the same, mean for what is planned on them. */
export interface WindowOutlook {
  readonly hosts: readonly string[];
  readonly windows: readonly Window[];
  readonly state: WindowState;
  /** The next time they open; undefined where they never do again, or never close. */
  readonly next?: Opening;
  /** The first opening of the next weeks during which the clock is put forward or back. */
  readonly onClockChange?: Opening;
  /** What times are told in that no window names another zone for. */
  readonly timezone: string;
  readonly misfits: readonly Misfit[];
}

/** A change that does not fit into what is left of an open window, or into the next one. */
export interface Misfit {
  readonly host: string;
  readonly container: string;
  readonly worstCaseSeconds: number;
  /** Where it does fit; undefined: in none. */
  readonly fitsAt?: Opening;
  /** The longest opening there is, where it fits in none. */
  readonly longestSeconds: number;
}
