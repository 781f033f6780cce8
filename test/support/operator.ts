import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import { aWorld, type HandMadeWorld, type WorldWishes } from './a-world.ts';
import type { EmbeddedFleet } from './embedded-fleet.ts';

/** Somebody at a command line with a folder of their own, who may log in to the hosts of a fleet. */
export interface Operator {
  readonly folder: string;
  /** Writes a file into the folder; its path. */
  write(name: string, text: string): string;
  /** Runs a command on the hosts of the fleet, with the playbook `playbook.yml` where it takes one. */
  enforce(command: string, ...words: readonly string[]): Promise<Ended>;
  /** Runs exactly these words, in a world that is different. */
  run(words: readonly string[], different?: Partial<WorldWishes>): Promise<Ended>;
  /** The same words as `enforce` has them, for `run` and `begin`. */
  words(command: string, ...words: readonly string[]): readonly string[];
  /** Begins such a command in a world the test holds in its hands. */
  begin(words: readonly string[], different?: Partial<WorldWishes>): Begun;
  /** The journals in the folder by run, oldest first. */
  journals(): readonly (readonly JournalEntry[])[];
  leave(): void;
}

/** How a command ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is under way. */
export interface Begun {
  readonly world: HandMadeWorld;
  readonly ended: Promise<Ended>;
}

/** The shortest health gate that still waits. */
export const QUICK_PLAYBOOK = `name: quick
rules:
  privileged-host-port: { map: { 80: 8080 }, otherwise: "+8000" }
  linux-capabilities: {}
rollout: { max_failures: 9 }
health: { healthy_for: 1s, deadline: 5s }
`;

/** Sits somebody down before a fleet, with `playbook.yml` in an otherwise empty folder. */
export function operatorOf(
  fleet: Pick<EmbeddedFleet, 'inventoryFile' | 'homeFolder'>,
  playbook: string = QUICK_PLAYBOOK,
): Operator {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-operator-'));
  const state = join(folder, 'state');
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const playbookFile = write('playbook.yml', playbook);
  const words = (command: string, ...more: readonly string[]): readonly string[] => {
    const rules = ['scan', 'plan', 'apply'].includes(command) ? ['-p', playbookFile] : [];
    return [command, '-i', fleet.inventoryFile, ...rules, ...more];
  };
  const begin = (argv: readonly string[], { environment, ...different }: Partial<WorldWishes> = {}): Begun => {
    const world = aWorld({
      homeFolder: fleet.homeFolder,
      workingFolder: folder,
      environment: { ENFORCE_STATE_DIR: state, ...environment },
      ...different,
    });
    const ended = run(argv, world).then((exitCode) => ({
      exitCode,
      stdout: world.stdout.text(),
      stderr: world.stderr.text(),
    }));
    return { world, ended };
  };
  return {
    folder,
    write,
    words,
    begin,
    run: (argv, different) => begin(argv, different).ended,
    enforce: (command, ...more) => begin(words(command, ...more)).ended,
    journals: () => journalsIn(join(state, 'runs')),
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function journalsIn(folder: string): readonly (readonly JournalEntry[])[] {
  return readdirSync(folder)
    .toSorted()
    .map((run) =>
      readFileSync(join(folder, run, 'journal.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as JournalEntry),
    );
}
