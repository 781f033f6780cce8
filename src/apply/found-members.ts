import type { Activity, Change, Edit, Widening } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { whyUnreadable } from './carry-files.ts';
import type { HostTools } from './tools.ts';

/** A container of a change as it is now, with what is planned for it. */
export interface Found {
  readonly container: string;
  readonly activity: Activity;
  readonly edits: readonly Edit[];
  readonly widening?: Widening;
  readonly inspect: ContainerInspect;
}

/** The containers of a change, the leader first, or why it cannot be made of them any more. */
export async function findMembers(
  change: Change,
  { engine }: HostTools,
): Promise<
  | { readonly ok: true; readonly members: readonly [Found, ...Found[]] }
  | { readonly ok: false; readonly because: string }
> {
  const members: Found[] = [];
  for (const { id, container, activity, edits, widening } of [change, ...change.dependants]) {
    const inspect = await (await engine()).inspect(id);
    const who = container === change.container ? 'it' : container;
    if (!inspect) return { ok: false, because: `${who} disappeared since the plan was made` };
    if (
      inspect.State.Running !== (activity !== 'stopped') ||
      (inspect.State.Paused === true) !== (activity === 'paused')
    )
      return {
        ok: false,
        because:
          activity === 'running' && !inspect.State.Running
            ? `${who} does not run any more`
            : `${who} was ${activity} when the plan was made, and is not any more`,
      };
    members.push({ container, activity, edits, ...(widening ? { widening } : {}), inspect });
  }
  const [leader, ...dependants] = members;
  return leader
    ? { ok: true, members: [leader, ...dependants] }
    : { ok: false, because: 'it disappeared since the plan was made' };
}

/** Why the files of one of them cannot come along; undefined when they can. */
export async function whyNotCarried(members: readonly Found[], { engine }: HostTools): Promise<string | undefined> {
  const reader = await engine();
  for (const { inspect } of members) {
    const because = await whyUnreadable(reader, inspect);
    if (because !== undefined) return because;
  }
  return undefined;
}
