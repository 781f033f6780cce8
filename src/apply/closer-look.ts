import type { ContainerInspect } from '../model/snapshot.ts';
import type { Baseline } from './baseline.ts';
import type { Identity, ProcessLook } from './identities.ts';
import { identityLoss } from './identities.ts';
import { closedPorts } from './open-ports.ts';
import { innerPorts } from './inner-ports.ts';
import type { HostTools, ProbedPort, RunningFacts } from './tools.ts';

/** What a look into a container found, held against how the old one was. */
export interface Insight {
  /** What is wrong and will not come right by waiting. */
  readonly worse: string | undefined;
  /** What is not as it was yet. */
  readonly notYet: string | undefined;
  /** Programs that may be started on demand, where nothing but their absence is not as it was. */
  readonly absent: readonly Identity[];
}

/** Looks into a running container, as often as it is asked to, but not more often than makes sense. */
export interface CloserLook {
  look(inspect: ContainerInspect, expected: readonly ExpectedPort[]): Promise<Insight>;
  /** What could not be looked at, each with why. */
  readonly unseen: () => readonly string[];
  /** Those of its looks that were made: `G3` at its ports, `G5` at its processes. */
  readonly looks: () => readonly string[];
}

/** A published port of the new container, and what the old one said at it; undefined where that is not known. */
export interface ExpectedPort extends ProbedPort {
  readonly fingerprint: string | undefined;
}

/** What such looks go by. */
export interface Comparison {
  readonly tools: Pick<HostTools, 'clock' | 'processes' | 'fingerprint' | 'knock' | 'facts'>;
  readonly baseline: Baseline | undefined;
  /** Containers that open the ports of its network, it among them; none while one of them is still to be started. */
  readonly openers: readonly string[];
  /** Ports these had open before. */
  readonly openPorts: readonly string[];
}

/** Between two looks: long enough for a process that keeps dying to have another number, short enough to wait for. */
const BETWEEN_MILLISECONDS = 3000;
/** Looks in a row that see nothing where there was something to see, until that is taken as it is. */
const MOST_BLIND = 3;

/** Compares who runs, what listens and what the published ports say; nothing of it changes the container. */
export function closerLook({ tools, baseline, openers, openPorts }: Comparison): CloserLook {
  const unseen = new Map(baseline ? [] : [['how the old one did', 'whoever looked has ended']]);
  let earlier: ProcessLook | undefined;
  let blind = 0;
  let latest: { readonly at: number; readonly insight: Insight } | undefined;
  return {
    unseen: () => [...unseen].map(([what, because]) => `${what} (${because})`),
    looks: () => [
      ...(baseline?.facts?.listeners.known === true && !unseen.has(WHERE) ? ['G3'] : []),
      ...(baseline?.identities.known === true && !unseen.has(WHO) ? ['G5'] : []),
    ],
    async look(inspect, expected) {
      const at = tools.clock.now();
      if (latest && at - latest.at < BETWEEN_MILLISECONDS) return latest.insight;
      const facts = baseline ? await tools.processes([...new Set([inspect.Id, ...openers])]) : NOTHING;
      const inside = baseline ? whoRuns(baseline.identities, facts.get(inspect.Id), inspect) : FINE;
      const other =
        (inside.absent.length > 0 ? undefined : inside.notYet) ??
        whatIsClosed(facts) ??
        (await otherAnswer(expected, tools));
      const absent = other === undefined ? inside.absent : [];
      // Nobody may have asked for them where no port is published: those are tried again and again.
      if (absent.length > 0) await Promise.all(innerPorts(openPorts, inspect, tools.facts).map(tools.knock));
      latest = { at, insight: { worse: inside.worse, notYet: other ?? inside.notYet, absent } };
      return latest.insight;
    },
  };

  function whoRuns(
    before: Baseline['identities'],
    facts: RunningFacts | undefined,
    { State }: ContainerInspect,
  ): Insight {
    if (!before.known) return notSeen(WHO, before.because);
    const now = facts?.processes ?? { known: false, because: 'it had none' };
    if (!now.known) return notSeen(WHO, now.because, ++blind < MOST_BLIND);
    blind = 0;
    const look = { first: State.Pid ?? 0, processes: now.value };
    const [first, second] = [earlier, look];
    earlier = look;
    if (before.value.length === 0) return FINE;
    if (!first) return notYet('its processes were seen only once');
    const { worse, missing, absent } = identityLoss(before.value, first, second);
    return { worse, notYet: worse ?? missing, absent };
  }

  function whatIsClosed(facts: ReadonlyMap<string, RunningFacts>): string | undefined {
    if (openPorts.length === 0) return undefined;
    const listeners = openers.map(
      (id) => facts.get(id)?.listeners ?? ({ known: false, because: 'it had none' } as const),
    );
    const [blindSpot] = listeners.flatMap((one) => (one.known ? [] : [one]));
    if (blindSpot) return notSeen(WHERE, blindSpot.because, blind > 0 && blind < MOST_BLIND).notYet;
    const closed = closedPorts(
      openPorts,
      listeners.flatMap((one) => (one.known ? one.value : [])),
    );
    return closed.length === 0 ? undefined : `nothing listens at its port ${closed.join(', ')}`;
  }

  function notSeen(what: string, because: string, isPassing = false): Insight {
    if (isPassing) return notYet(`${what} could not be seen (${because})`);
    unseen.set(what, because);
    return FINE;
  }
}

const NOTHING: ReadonlyMap<string, RunningFacts> = new Map();
const WHO = 'who its processes are';
const WHERE = 'where it listens';
const FINE: Insight = notYet(undefined);

function notYet(what: string | undefined): Insight {
  return { worse: undefined, notYet: what, absent: [] };
}

async function otherAnswer(
  expected: readonly ExpectedPort[],
  { fingerprint }: Comparison['tools'],
): Promise<string | undefined> {
  for (const port of expected) {
    const before = port.fingerprint;
    const now = before === undefined ? undefined : await fingerprint(port);
    if (before !== undefined && now !== undefined && now !== before)
      return `its port ${port.port} answers ${now}, and answered ${before} before`;
  }
  return undefined;
}
