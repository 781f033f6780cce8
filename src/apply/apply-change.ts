import { asEnforceError } from '../model/errors.ts';
import type { Outcome } from '../model/journal.ts';
import { roleName } from '../model/names.ts';
import type { Activity, Change, DependantChange, Edit } from '../model/plan.ts';
import type { HealthGate } from '../model/playbook.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { takeBaseline } from './baseline.ts';
import { carriedImage, removeLeftImages } from './carried-image.ts';
import { whyUnreadable } from './carry-files.ts';
import type { JobMember } from './job.ts';
import { restartText } from './observe.ts';
import type { Rest } from './settle.ts';
import { settle } from './settle.ts';
import type { HostTools } from './tools.ts';
import { underLock } from './under-lock.ts';

/** Whether a change may still be made as planned; a container that moved on since is stale, not an error. */
export type Preflight = (
  change: Change,
) => Promise<{ readonly ready: true } | { readonly ready: false; readonly because: string }>;

/** What holds for every change of a run. */
export interface ChangeSettings {
  readonly gate: HealthGate;
  readonly planDigest: string;
  /** How long the old container is kept. */
  readonly keepSeconds: number;
  /** What the new container remembers of the old one's settings, to be taken back by; nothing when it is itself taken back. */
  readonly remembers: 'settings' | 'nothing';
  readonly preflight: Preflight;
}

/** Makes one planned change, from the last look before it to its outcome. Whatever happens is a value, never a throw. */
export async function applyChange(change: Change, settings: ChangeSettings, tools: HostTools): Promise<Outcome> {
  const { gate, preflight } = settings;
  const { journal, clock, host } = tools;
  const about = { host, container: change.container };
  journal.write({ event: 'change-started', at: clock.timestamp(), ...about, id: change.id, action: change.action });
  const outcome = await attempt();
  journal.write({ event: 'change-ended', at: clock.timestamp(), ...about, outcome });
  return outcome;

  async function attempt(): Promise<Outcome> {
    try {
      const readiness = await preflight(change);
      if (!readiness.ready) return { result: 'skipped', because: readiness.because };
      const found = await inspectAll(change, tools);
      if (!found.ok) return { result: 'skipped', because: found.because };
      const unreadable = change.carry === 'none' ? undefined : await whyNotCarried(found.members, tools);
      if (unreadable !== undefined) return { result: 'skipped', because: unreadable };
      const [leader, ...dependants] = found.members;
      const terms = { containers: found.members.map(({ inspect }) => inspect), deadlineSeconds: gate.deadlineSeconds };
      const rest = await underLock(terms, tools, async (held) => {
        const member = (each: Found) => () => jobMember(each, change, settings, held);
        try {
          const members: [JobMember, ...JobMember[]] = [await member(leader)(), ...(await all(dependants.map(member)))];
          return await settle({ members, intent: 'apply', gate }, held);
        } finally {
          if (change.carry === 'commit') await removeLeftImages(held).catch(() => undefined);
        }
      });
      return outcomeOf(rest, change.container, journal.run);
    } catch (error) {
      const failure = asEnforceError(error, 'engine');
      if (failure.code === 'journal') throw failure;
      if (failure.code === 'locked') return lockedOut(failure);
      return { result: 'skipped', because: failure.message };
    }
  }
}

/** How a change ends that was not begun, because somebody else has the host's lock. */
export function lockedOut({
  message,
  hint,
}: {
  readonly message: string;
  readonly hint?: string | undefined;
}): Outcome {
  return { result: 'deferred', because: hint === undefined ? message : `${message} (${hint})`, locked: true };
}

/** A container of a change as it is now, with what is planned for it. */
interface Found {
  readonly container: string;
  readonly activity: Activity;
  readonly edits: readonly Edit[];
  readonly inspect: ContainerInspect;
}

async function inspectAll(
  change: Change,
  { engine }: HostTools,
): Promise<
  | { readonly ok: true; readonly members: readonly [Found, ...Found[]] }
  | { readonly ok: false; readonly because: string }
> {
  const members: Found[] = [];
  for (const { id, container, activity, edits } of [change, ...change.dependants]) {
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
    members.push({ container, activity, edits, inspect });
  }
  const [leader, ...dependants] = members;
  return leader
    ? { ok: true, members: [leader, ...dependants] }
    : { ok: false, because: 'it disappeared since the plan was made' };
}

async function whyNotCarried(members: readonly Found[], { engine }: HostTools): Promise<string | undefined> {
  const reader = await engine();
  for (const { inspect } of members) {
    const because = await whyUnreadable(reader, inspect);
    if (because !== undefined) return because;
  }
  return undefined;
}

async function all<Value>(works: readonly (() => Promise<Value>)[]): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (const work of works) values.push(await work());
  return values;
}

/** What settling needs of a container; how it did before is looked at last, when the host is locked. */
async function jobMember(
  { container, activity, edits, inspect }: Found,
  change: Change,
  settings: ChangeSettings,
  tools: HostTools,
): Promise<JobMember> {
  const { journal, probe, engine } = tools;
  const isLeader = container === change.container;
  // Made while it serves: nothing has been done yet that would have to be undone if this fails.
  const own = change.carry === 'commit' ? await carriedImage(inspect, tools) : undefined;
  return {
    target: { container, run: journal.run, oldId: inspect.Id },
    planned: activity,
    baseline: await takeBaseline(await engine(), inspect, probe),
    edits,
    sourcesFor: async (old) => ({
      ...(own ?? (await imagesOf(old, tools))),
      engine: tools.facts,
      edits,
      marks: {
        run: journal.run,
        target: container,
        replaces: old.Id,
        before: { activity, restart: restartText(old) },
        order: change.order,
        keeps: change.keeps,
        carry: change.carry,
        ...(isLeader ? {} : { leader: change.container }),
        dependants: isLeader ? await dependantMarks(change.dependants, tools) : [],
        edits: settings.remembers === 'settings' ? edits : [],
        plan: settings.planDigest,
        keepUntil: new Date(Date.parse(tools.clock.timestamp()) + settings.keepSeconds * 1000).toISOString(),
      },
    }),
  };
}

async function imagesOf(old: ContainerInspect, { engine }: HostTools) {
  const reader = await engine();
  const image = await reader.image(old.Image);
  const named = await reader.image(old.Config.Image);
  return { image: image ?? { id: old.Image, tags: [], config: {} }, namedImageId: named?.id ?? null };
}

async function dependantMarks(dependants: readonly DependantChange[], { engine }: HostTools) {
  const reader = await engine();
  return await all(
    dependants.map(({ container, id, activity }) => async () => {
      const inspect = await reader.inspect(id);
      return { name: container, id, before: { activity, restart: inspect ? restartText(inspect) : 'no:0' } };
    }),
  );
}

/** An outcome in the words of the journal; `container` and `run` name what is kept and how to go on. */
export function outcomeOf(rest: Rest, container: string, run: string): Outcome {
  switch (rest.at) {
    case 'new':
      return {
        result: 'applied',
        downtimeMilliseconds: rest.downtimeMilliseconds,
        kept: rest.keeps === 'container' ? roleName(container, 'bak', run) : null,
        answers: rest.answers,
      };
    case 'old':
      return {
        result: 'rolled-back',
        because: rest.disturbed ? rest.because : `${rest.because}; the old container was not touched`,
        downtimeMilliseconds: rest.downtimeMilliseconds,
      };
    case 'stuck':
      return {
        result: 'stuck',
        because: rest.because,
        recover: rest.recover ?? `enforce apply --container '${container}' (first finishes or undoes run ${run})`,
      };
    case 'taken-over':
      // It was begun, which a lock that keeps others out is not.
      return { result: 'deferred', because: rest.because };
  }
}
