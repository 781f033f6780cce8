import { effectiveCapabilities } from '../model/capabilities.ts';
import type { RuntimeFacts } from '../model/runtime.ts';
import type { Container } from '../model/snapshot.ts';

/** What a container holds today: nothing beyond it is ever kept. */
export interface HeldToday {
  readonly isPrivileged: boolean;
  /** Sorted, without the CAP_ prefix. */
  readonly names: readonly string[];
}

/**
 * The engine's own algebra, and of that what the kernel really lets the first process have: an engine that has fewer
 * rights itself gives fewer.
 */
export function heldToday({ inspect, details }: Container): HeldToday {
  const { privileged, names } = effectiveCapabilities(inspect.HostConfig);
  const bounding = details?.runtime && boundingOf(details.runtime, inspect.State.Pid);
  return {
    isPrivileged: privileged,
    names: bounding === undefined ? names : names.filter((name) => bounding.includes(name)),
  };
}

/** Bounding set of the first process; undefined where it is not known, or may be narrower than it was at its start. */
function boundingOf(runtime: RuntimeFacts, pid: number | undefined): readonly string[] | undefined {
  if (!runtime.processes.known) return undefined;
  const first = runtime.processes.value.find((one) => one.pid === pid);
  if (first === undefined || narrowsItself(runtime)) return undefined;
  return first.bounding;
}

/** Programs that give up part of their own bounding set hold less by now than their next start needs. */
function narrowsItself({ startTexts, processes }: RuntimeFacts): boolean {
  const texts = startTexts.known ? startTexts.value : [];
  const narrowers = /\b(?:capsh|minijail0|systemd)\b|--(?:bounding-set|drop-caps|caps-drop)\b/;
  return (
    texts.some(({ path, text }) => narrowers.test(path) || (text !== null && narrowers.test(text))) ||
    (processes.known && processes.value.some(({ name }) => name === 'systemd' || name === 'init'))
  );
}
