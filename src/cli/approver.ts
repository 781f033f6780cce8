import type { Permit } from '../apply/apply-host.ts';
import type { Change } from '../model/plan.ts';
import type { RuleId } from '../model/finding.ts';
import { whyAsked } from '../plan/why-asked.ts';
import { changeText } from '../report/change-text.ts';
import { plainText } from '../report/plain-text.ts';
import { someHosts } from './group-prompt.ts';
import type { CommonOptions } from './options.ts';
import { usesColors } from './output.ts';
import type { Progress } from './progress.ts';
import type { Answer } from './prompt.ts';
import { sameChanges } from './same-changes.ts';
import { terminalPrompter } from './terminal-prompter.ts';
import { writeException } from './write-exception.ts';
import type { World } from './world.ts';

/** Who says whether a change is made. */
export interface Approver {
  /** Asks, before anything is begun, what can be asked once for several hosts. */
  readonly prepare: () => Promise<void>;
  /** What was said of a change so far; undefined when somebody will be asked in its turn. */
  readonly decided: (change: Change) => Permit | undefined;
  readonly permit: (change: Change) => Promise<Permit>;
  /** Whether the person ended it with Ctrl-C. */
  readonly wasInterrupted: () => boolean;
}

/** `--yes`: every change of the plan. */
export function unattendedApprover(): Approver {
  return {
    prepare: () => Promise.resolve(),
    decided: () => GO,
    permit: () => Promise.resolve(GO),
    wasInterrupted: () => false,
  };
}

const GO: Permit = { go: true };

/** What a person at the terminal is asked with. */
export interface Asking {
  readonly options: CommonOptions;
  readonly progress: Progress;
  readonly world: World;
  /** Rules whose changes nobody is asked about. */
  readonly approved: readonly RuleId[];
}

/**
 * A person at the terminal, with the keys of `git add -p`: asked once about a change that is the same on several hosts,
 * then for each container; not about what the playbook approves.
 */
export function askingApprover(changes: readonly Change[], { options, progress, world, approved }: Asking): Approver {
  const prompter = terminalPrompter(options, world);
  const leaders = changes.filter(({ partOf }) => partOf === undefined);
  const said = new Map<Change, Permit>();
  const ofHost = new Map<string, 'all' | 'none'>();
  let ended = false;
  let interrupted = false;

  const reasonToAsk = (change: Change): string | undefined => {
    const parts = changes.filter(({ host, partOf }) => host === change.host && partOf === change.container);
    return whyAsked(change, parts, approved);
  };
  const decided = (change: Change): Permit | undefined => {
    if (ended) return declined('ended by the operator');
    const rest = ofHost.get(change.host);
    return said.get(change) ?? (rest === 'none' ? declined('declined for this host') : rest && GO);
  };

  return {
    decided,
    async prepare() {
      for (const group of sameChanges(leaders)) {
        if (ended) return;
        if (reasonToAsk(group[0]) === undefined) showApproved(group);
        else if (group.length > 1) await askAboutAll(group);
      }
    },
    async permit(change) {
      const permission = decided(change);
      if (permission) return permission;
      progress.pause();
      tellReason(change);
      const answer = await prompter.ask({ change, position: changes.indexOf(change) + 1, count: changes.length });
      progress.resume();
      return take(answer, change);
    },
    wasInterrupted: () => interrupted,
  };

  function showApproved(group: readonly [Change, ...Change[]]): void {
    for (const change of group) said.set(change, GO);
    if (options.quiet) return;
    const colors = usesColors(world.stderr, world, options.color);
    world.stderr.write(changeText(group[0], { colors, verbose: false }));
    const where = `${plainText(group[0].container, 64)} on ${someHosts(group)}`;
    world.stderr.write(`approved by the playbook (auto_approve): ${where}\n`);
  }

  async function askAboutAll(group: readonly [Change, ...Change[]]): Promise<void> {
    tellReason(group[0]);
    const answer = await prompter.askGroup({ group, count: leaders.length });
    switch (answer) {
      case 'each':
        return;
      case 'yes':
      case 'no':
        for (const change of group) said.set(change, answer === 'yes' ? GO : declined('declined'));
        return;
      case 'quit':
      case 'interrupted':
        end(answer);
    }
  }

  function tellReason(change: Change): void {
    if (approved.length === 0) return;
    world.stderr.write(`asked about: ${plainText(reasonToAsk(change) ?? '')}\n`);
  }

  function end(how: 'quit' | 'interrupted'): void {
    ended = true;
    interrupted = how === 'interrupted';
  }

  async function take(answer: Answer, change: Change): Promise<Permit> {
    switch (answer) {
      case 'yes':
        return GO;
      case 'all':
      case 'none':
        ofHost.set(change.host, answer);
        return answer === 'all' ? GO : declined('declined for this host');
      case 'no':
        return declined('declined');
      case 'quit':
      case 'interrupted':
        end(answer);
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
