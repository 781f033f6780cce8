import type { Permit } from '../apply/apply-host.ts';
import type { Change } from '../model/plan.ts';
import type { CommonOptions } from './options.ts';
import type { Progress } from './progress.ts';
import type { Answer } from './prompt.ts';
import { terminalPrompter } from './terminal-prompter.ts';
import { writeException } from './write-exception.ts';
import type { World } from './world.ts';

/** Who says whether a change is made. */
export interface Approver {
  readonly permit: (change: Change) => Promise<Permit>;
  /** Whether the person ended it with Ctrl-C. */
  readonly wasInterrupted: () => boolean;
}

/** `--yes`: every change of the plan. */
export function unattendedApprover(): Approver {
  return { permit: () => Promise.resolve({ go: true }), wasInterrupted: () => false };
}

/** A person at the terminal, asked for each container, with the keys of `git add -p`. */
export function askingApprover(
  changes: readonly Change[],
  options: CommonOptions,
  progress: Progress,
  world: World,
): Approver {
  const prompter = terminalPrompter(options, world);
  const ofHost = new Map<string, 'all' | 'none'>();
  let ended = false;
  let interrupted = false;

  return {
    permit: async (change) => {
      const rest = ofHost.get(change.host);
      if (ended || rest === 'none') return declined(ended ? 'ended by the operator' : 'declined for this host');
      if (rest === 'all') return { go: true };
      progress.pause();
      const answer = await prompter.ask({ change, position: changes.indexOf(change) + 1, count: changes.length });
      progress.resume();
      return take(answer, change);
    },
    wasInterrupted: () => interrupted,
  };

  async function take(answer: Answer, change: Change): Promise<Permit> {
    switch (answer) {
      case 'yes':
        return { go: true };
      case 'all':
      case 'none':
        ofHost.set(change.host, answer);
        return answer === 'all' ? { go: true } : declined('declined for this host');
      case 'no':
        return declined('declined');
      case 'quit':
      case 'interrupted':
        ended = true;
        interrupted = answer === 'interrupted';
        return declined('ended by the operator');
      default: {
        const file = await writeException(answer, change, options, world);
        return {
          go: false,
          outcome: { result: 'skipped', because: `excepted until ${answer.expires}, written to ${file}` },
        };
      }
    }
  }
}

function declined(because: string): Permit {
  return { go: false, outcome: { result: 'skipped', because } };
}
