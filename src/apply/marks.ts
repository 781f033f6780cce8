import type { JsonValue } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import { LABELS } from '../model/names.ts';
import type { Activity, Edit } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Before } from './next.ts';

/** What a candidate's labels say of the change it belongs to. */
export interface CandidateMarks {
  readonly run: string;
  readonly target: string;
  readonly replaces: string;
  readonly before: Before;
  readonly order: 'stop-first' | 'start-first';
  readonly keeps: 'container' | 'specification';
  readonly carry: 'none' | 'copy' | 'commit';
  /** Name of the container its own holds on to; undefined on the leader's. */
  readonly leader?: string;
  readonly dependants: readonly DependantMark[];
  readonly edits: readonly Edit[];
  readonly plan: string;
  /** ISO 8601 */
  readonly keepUntil: string;
}

/** A dependant as its leader's candidate names it. */
export interface DependantMark {
  readonly name: string;
  /** Full id of the old one. */
  readonly id: string;
  readonly before: Before;
}

/** The labels of a candidate: every one of them, so that none is taken over from its image. */
export function markLabels(marks: CandidateMarks): Readonly<Record<string, string>> {
  return {
    [LABELS.run]: marks.run,
    [LABELS.target]: marks.target,
    [LABELS.replaces]: marks.replaces,
    [LABELS.restart]: marks.before.restart,
    [LABELS.activity]: marks.before.activity,
    [LABELS.order]: marks.order,
    [LABELS.keeps]: marks.keeps,
    [LABELS.carry]: marks.carry,
    [LABELS.leader]: marks.leader ?? '',
    [LABELS.dependants]: marks.dependants.length === 0 ? '' : JSON.stringify(marks.dependants),
    [LABELS.before]: JSON.stringify(Object.fromEntries(marks.edits.map(({ path, before }) => [path, before]))),
    [LABELS.plan]: marks.plan,
    [LABELS.keepUntil]: marks.keepUntil,
  };
}

/** Whether a label is one of enforce's own. */
export function isMark(label: string): boolean {
  return (Object.values(LABELS) as readonly string[]).includes(label);
}

/** One mark of a container; undefined where it bears none, or an empty one. */
export function markOf({ Config }: ContainerInspect, mark: keyof typeof LABELS): string | undefined {
  const labels = Config.Labels ?? {};
  const value = Object.hasOwn(labels, LABELS[mark]) ? labels[LABELS[mark]] : undefined;
  return value === '' ? undefined : value;
}

/** How the old container was, as its candidate says; one by an older version only ever replaced what ran. */
export function beforeOf(candidate: ContainerInspect): Before {
  return {
    activity: activityIn(markOf(candidate, 'activity')),
    restart: markOf(candidate, 'restart') ?? 'no:0',
  };
}

/** The dependants a leader's candidate names; what is not as enforce writes it is nobody. */
export function dependantsOf(candidate: ContainerInspect): readonly DependantMark[] {
  const list = parsed(markOf(candidate, 'dependants'));
  if (!Array.isArray(list)) return [];
  return (list as readonly JsonValue[]).flatMap((item) => {
    if (!isJsonObject(item) || !isJsonObject(item['before'])) return [];
    const { name, id, before } = item;
    const { activity, restart } = before;
    return typeof name === 'string' && typeof id === 'string' && typeof restart === 'string'
      ? [{ name, id, before: { activity: activityIn(activity), restart } }]
      : [];
  });
}

/** The settings of the container that a candidate replaced, by path; empty where none is told. Others than a plan changes are not ours. */
export function settingsBefore(candidate: ContainerInspect): readonly (readonly [path: string, value: JsonValue])[] {
  const settings = parsed(markOf(candidate, 'before'));
  return isJsonObject(settings)
    ? REMEMBERED.flatMap((path) => (Object.hasOwn(settings, path) ? [[path, settings[path] ?? null] as const] : []))
    : [];
}

/** Settings that any plan may change. */
export const EDITABLE = ['HostConfig.PortBindings', 'HostConfig.CapAdd', 'HostConfig.CapDrop'] as const;

/**
 * Those, and the ones that only a plan changes which says so. That a container was privileged is nothing a label may tell:
 * whoever writes it could have one made so.
 */
const REMEMBERED = [...EDITABLE, 'HostConfig.Sysctls', 'HostConfig.Ulimits', 'Config.User'] as const;

function activityIn(text: JsonValue | undefined): Activity {
  return text === 'paused' || text === 'stopped' ? text : 'running';
}

function parsed(text: string | undefined): JsonValue | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
