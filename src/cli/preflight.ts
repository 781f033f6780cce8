import type { Preflight } from '../apply/apply-change.ts';
import { keptBy } from '../apply/widened.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { RuleId } from '../model/finding.ts';
import type { LearnedProfile } from '../model/learned.ts';
import type { Change } from '../model/plan.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { heldToday } from '../plan/held-today.ts';
import { profilesOf } from '../plan/profiles-of.ts';
import { hasFailed } from '../plan/trial-lessons.ts';
import { changeDocument } from '../report/plan-document.ts';
import type { HostSession } from './host-session.ts';
import type { Inputs } from './inputs.ts';
import { knownAt, learnedOf } from './learned.ts';
import { readHost, withDetails } from './read-host.ts';
import type { World } from './world.ts';

/** What the last look goes by, and who is shown what it saw. */
export interface LastLook {
  readonly catalogue: Catalogue;
  /** When the plan was made that a file had, ISO 8601, UTC; absent where it was made a moment ago. */
  readonly savedAt?: string | undefined;
  readonly see: (containers: readonly Container[]) => void;
}

/**
 * The last look before a change: the host is read and planned for anew, and the change is made only when the same change
 * comes out. So a container that moved on, a port that was taken meanwhile, a file that appeared in its writable layer,
 * a new dependant and a plan file that somebody edited all end here, before anything is touched.
 */
export function preflightOf(
  session: HostSession,
  inputs: Inputs,
  { catalogue, savedAt, see }: LastLook,
  world: World,
): Preflight {
  return async (change) => {
    const { assessment, exceptions, learned } = inputs;
    const unit = [change, ...change.dependants];
    // A plan may have been made for some rules and containers only; it is held against what these make of the unit.
    const mended = [change, ...change.dependants.filter(({ edits }) => edits.length > 0)];
    const narrowed = { ...assessment, containers: mended.map(({ container }) => container), only: rulesOf(change) };
    const assessed = await readHost(session, narrowed, world);
    const stale = unit
      .map((planned) => whyStale(planned, assessed.snapshot, change.id))
      .find((because) => because !== undefined);
    if (stale !== undefined) return { ready: false, because: `stale: ${stale}` };

    const read = await withDetails(assessed, session, world);
    see(read.snapshot.containers.filter(({ id }) => unit.some((member) => member.id === id)));
    const plan = buildPlan([{ host: change.host, address: '', read }], {
      assessment: narrowed,
      exceptions,
      catalogue,
      learned: await learnedOf([{ read }], savedAt === undefined ? learned : knownAt(savedAt, learned)),
      itself: world.itself(),
      createdAt: world.now().toISOString(),
      carry: change.carry,
    });
    const now = plan.hosts.flatMap((host) => (host.reachable ? host.changes : [])).find(({ id }) => id === change.id);
    if (!now || now.action === 'excepted')
      return { ready: false, because: 'nothing is left to do: it has no finding any more' };
    if (now.action === 'blocked')
      return { ready: false, because: `blocked since the plan was made: ${now.blocked?.because ?? ''}` };
    if (shown(now) !== shown(change))
      return { ready: false, because: 'stale: what would be done now differs from the plan' };
    const unseen = now.warnings.find((warning) => !change.warnings.includes(warning));
    if (unseen !== undefined) return { ready: false, because: `stale: the plan does not say: ${unseen}` };
    const failed =
      savedAt !== undefined && unit.find((member) => failedSince(member, read.snapshot, learned.profiles, savedAt));
    if (failed)
      return {
        ready: false,
        because: `stale: what ${failed.container} would keep failed its gate since the plan was made`,
      };
    return { ready: true };
  };
}

function rulesOf({ because, dependants }: Change): readonly RuleId[] {
  const own = because.map(({ rule }) => rule);
  const theirs = dependants.flatMap(({ edits }) =>
    edits.map(
      ({ path }): RuleId => (path === 'HostConfig.PortBindings' ? 'privileged-host-port' : 'linux-capabilities'),
    ),
  );
  return [...new Set([...own, ...theirs])];
}

function whyStale(
  { id, container: name, staleIf }: Pick<Change, 'id' | 'container' | 'staleIf'>,
  { containers, engine }: Snapshot,
  leader: string,
): string | undefined {
  const container = containers.find((candidate) => candidate.id === id);
  const who = id === leader ? 'it' : name;
  if (!container) return `${who} disappeared since the plan was made`;
  if (container.name !== name) return `${who} is called ${container.name} now`;
  if (engine.id !== staleIf.engineId) return 'another engine answers at this address than when the plan was made';
  return container.configDigest !== staleIf.configDigest || container.inspect.Image !== staleIf.imageId
    ? `${id === leader ? 'its configuration' : `the configuration of ${name}`} changed since the plan was made`
    : undefined;
}

/** Another container of the same making may have shown meanwhile that the set does not do. */
function failedSince(
  { id, edits }: Pick<Change, 'id' | 'edits'>,
  { containers }: Snapshot,
  profiles: readonly LearnedProfile[],
  savedAt: string,
): boolean {
  const container = containers.find((one) => one.id === id);
  const set = keptBy(edits);
  if (!container || set === undefined) return false;
  const { exact } = profilesOf(container, heldToday(container).names, profiles);
  return hasFailed(
    set,
    exact.flatMap(({ trials }) => trials.filter(({ at }) => at > savedAt)),
  );
}

/** All that a plan says of a change, in one text; a warning that does not hold any more is no reason against it. */
function shown(change: Change): string {
  return canonicalJson(changeDocument({ ...change, warnings: [] }));
}
