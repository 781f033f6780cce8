import { asEnforceError } from '../model/errors.ts';
import type { Outcome } from '../model/journal.ts';
import { roleName } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { HealthGate } from '../model/playbook.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { takeBaseline } from './baseline.ts';
import type { SpecSources } from './container-spec.ts';
import { restartText } from './observe.ts';
import type { Rest } from './settle.ts';
import { settle } from './settle.ts';
import type { HostTools } from './tools.ts';

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
      const engine = await tools.engine();
      const inspect = await engine.inspect(change.id);
      if (!inspect) return { result: 'skipped', because: 'it disappeared since the plan was made' };
      if (!inspect.State.Running) return { result: 'skipped', because: 'it does not run any more' };
      const baseline = await takeBaseline(engine, inspect, tools.probe);
      const target = { container: change.container, run: journal.run, oldId: change.id };
      const sourcesFor = (old: ContainerInspect): Promise<SpecSources> => readSources(old, change, settings, tools);
      return outcomeOf(
        await settle({ target, intent: 'apply', gate, baseline, edits: change.edits, sourcesFor }, tools),
        change.container,
        journal.run,
      );
    } catch (error) {
      const failure = asEnforceError(error, 'engine');
      if (failure.code === 'journal') throw failure;
      return { result: 'skipped', because: failure.message };
    }
  }
}

async function readSources(
  old: ContainerInspect,
  change: Change,
  { planDigest, keepSeconds }: ChangeSettings,
  { engine, facts, journal, clock }: HostTools,
): Promise<SpecSources> {
  const reader = await engine();
  const image = await reader.image(old.Image);
  const named = await reader.image(old.Config.Image);
  return {
    engine: facts,
    image: image ?? { id: old.Image, tags: [], config: {} },
    namedImageId: named?.id ?? null,
    edits: change.edits,
    marks: {
      run: journal.run,
      target: change.container,
      replaces: old.Id,
      restart: restartText(old),
      plan: planDigest,
      keepUntil: new Date(Date.parse(clock.timestamp()) + keepSeconds * 1000).toISOString(),
    },
  };
}

/** An outcome in the words of the journal; `container` and `run` name what is kept and how to go on. */
export function outcomeOf(rest: Rest, container: string, run: string): Outcome {
  switch (rest.at) {
    case 'new':
      return {
        result: 'applied',
        downtimeMilliseconds: rest.downtimeMilliseconds,
        kept: roleName(container, 'bak', run),
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
  }
}
