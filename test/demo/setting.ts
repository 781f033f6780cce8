/** Where the main job is shown: hosts with containers, and how enforce is told of them. */
export interface Setting {
  /** The folder that commands run in; the files they name are there. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line on what is there. */
  readonly opening: string;
  /** Flags of every command: the inventory, and where runs are kept. */
  readonly hostWords: readonly string[];
  /** Flags of the commands that look for findings: which containers are meant. */
  readonly ruleWords: readonly string[];
  /** The container that is put back at the end, and its host where there are several. */
  readonly rollbackWords: readonly string[];
  /** What is true at the end, counted on the engines themselves and not by enforce. */
  summary(): Promise<string>;
  /** What a person may do next. */
  readonly next: string;
  close(): Promise<void>;
}

/** The demo cannot be shown on this machine; the message says what would mend it. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}
