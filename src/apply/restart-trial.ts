import type { RestartTrial } from '../model/playbook.ts';
import type { RuntimeFacts } from '../model/runtime.ts';
import type { ContainerInspect } from '../model/snapshot.ts';

/** What decides whether a new container is stopped and started once more before it counts as healthy. */
export interface TrialGrounds {
  readonly setting: RestartTrial;
  readonly inspect: ContainerInspect;
  /** What runs in the old one; undefined where nobody looked. */
  readonly facts: RuntimeFacts | undefined;
  /** Capabilities the change takes. */
  readonly taken: readonly string[];
}

/**
 * Why a new container is tried by a restart; undefined where its first start shows as much as a second would. Services
 * start with fewer rights than they need and die at the next start: the first left files behind that only then are in
 * the way (capabilities.md §0, §2.7). How one ends is seen only when it is stopped.
 */
export function whyTried({ setting, inspect, facts, taken }: TrialGrounds): string | undefined {
  if (setting === 'never') return undefined;
  if (setting === 'always') return 'the playbook says so';
  if (taken.length === 0 || !mayUsePower(inspect, facts)) return undefined;
  return whatDiffers(facts) ?? whoCannotBeStopped(facts, taken) ?? whatIsUnknown(facts);
}

/** How a container ended when it was stopped. */
export interface Stop {
  readonly milliseconds: number;
  readonly exitCode: number | undefined;
}

/** How the new container ends worse than the old one did; undefined when it does not, or when it is not known of the old. */
export function whyEndsWorse(before: Stop | undefined, now: Stop): string | undefined {
  if (!before) return undefined;
  if (now.milliseconds > before.milliseconds + SLACK_MILLISECONDS)
    return `it takes ${seconds(now)} s to stop, and the old one took ${seconds(before)} s`;
  return now.exitCode === before.exitCode
    ? undefined
    : `when stopped it ends with code ${now.exitCode ?? '?'}, and the old one with ${before.exitCode ?? '?'}`;
}

const SLACK_MILLISECONDS = 2000;

function seconds({ milliseconds }: Stop): string {
  return (milliseconds / 1000).toFixed(1);
}

function mayUsePower({ Config: { User = '' } }: ContainerInspect, facts: RuntimeFacts | undefined): boolean {
  const user = User.split(':')[0] ?? '';
  if (user === '' || user === 'root' || /^0+$/.test(user)) return true;
  return facts?.poweredFiles.known === true && facts.poweredFiles.value.some(({ isUsed }) => isUsed);
}

function whatDiffers(facts: RuntimeFacts | undefined): string | undefined {
  const folders = facts?.mountedFolders.known === true ? facts.mountedFolders.value : [];
  const empty = folders.find(({ isEmpty }) => isEmpty);
  if (empty) return `${empty.path} is empty, so that its first start is not like the next`;
  const texts = facts?.startTexts.known === true ? facts.startTexts.value : [];
  const script = texts.find(({ text }) => text !== null && TOUCHES_FILES.test(text));
  return script && `${script.path} changes owners or modes of files, or looks for them`;
}

const TOUCHES_FILES = /\b(?:chown|chgrp|chmod|find|install|setfacl|setcap|usermod|groupmod|rsync)\b/;

function whoCannotBeStopped(facts: RuntimeFacts | undefined, taken: readonly string[]): string | undefined {
  if (!taken.includes('KILL') || facts?.processes.known !== true) return undefined;
  const processes = facts.processes.value;
  const child = processes.find(
    ({ parent, userIds }) =>
      userIds.effective !== 0 && processes.some(({ pid, userIds: above }) => pid === parent && above.effective === 0),
  );
  return child && `${child.name} has another user than the process that has to stop it, which needs KILL for that`;
}

function whatIsUnknown(facts: RuntimeFacts | undefined): string | undefined {
  return facts?.startTexts.known === true ? undefined : 'what its start does could not be read';
}
