import { join } from 'node:path';
import { openJournalFile } from '../apply/journal-file.ts';
import type { Journal } from '../model/journal.ts';
import { stateFolder } from './inputs.ts';
import type { CommonOptions } from './options.ts';
import { usage } from './run.ts';
import { saveFile } from './save-file.ts';
import type { World } from './world.ts';

/** The record of one run on this machine: its plan and its journal, in a folder only the operator can read. */
export interface RunRecorder {
  readonly journal: Journal;
  /** Notes that the run begins, and keeps its plan, when it has one, beside the journal. */
  readonly begin: (plan?: RecordedPlan) => void;
  readonly end: (exitCode: number) => void;
  readonly close: () => void;
}

/** What a run carries out, and which run it goes on with. */
export interface RecordedPlan {
  readonly document: string;
  readonly digest: string;
  readonly scope?: string;
  readonly continues?: string;
}

/** Begins a record. The run's name is the time and a random tail, so that names sort and two operators never meet. */
export function startRun(
  command: 'apply' | 'rollback' | 'prune',
  options: Pick<CommonOptions, 'stateDir'>,
  world: World,
): RunRecorder {
  const name = `${world.now().toISOString().replace(/\D/g, '').slice(2, 14)}${world.randomName(3)}`;
  const folder = join(stateFolder(options, world), 'runs', name);
  const journal = beforeAnything(() => openJournalFile(folder, name));
  const at = world.clock.timestamp;
  return {
    journal,
    begin: (plan) =>
      beforeAnything(() => {
        if (plan) saveFile(join(folder, 'plan.json'), plan.document);
        journal.write({
          event: 'run-started',
          at: at(),
          run: name,
          operator: world.operator,
          command,
          planDigest: plan?.digest ?? '',
          ...(plan?.scope === undefined ? {} : { scope: plan.scope }),
          ...(plan?.continues === undefined ? {} : { continues: plan.continues }),
          process: world.identity.process,
        });
      }),
    end: (exitCode) => journal.write({ event: 'run-ended', at: at(), exitCode }),
    close: journal.close,
  };
}

/** A record that cannot even be begun costs nothing: no container was touched, and none needs a person. */
function beforeAnything<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw usage(
      `the run cannot be recorded: ${(error as Error).message}; nothing was changed`,
      'make room, or choose another folder with --state-dir',
    );
  }
}
