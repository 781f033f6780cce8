import type { Change, Edit } from '../model/plan.ts';
import type { Baseline } from './baseline.ts';
import type { Identity } from './identities.ts';
import type { Failure } from './job.ts';
import type { Stop } from './restart-trial.ts';
import { keptBy } from './widened.ts';

/** How a container did with one set of capabilities, as its gate saw it. */
export interface GateTrial {
  readonly container: string;
  /** Of the container that was to be changed. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly result: 'passed' | 'failed';
  readonly set: readonly string[];
  /** Of what was taken, what the kernel refused it; empty where it passed. */
  readonly refused: readonly string[];
  /** Looks that were made and passed, as `G1`; none where it failed. */
  readonly looks: readonly string[];
  /** As whom its programs ran before, and so where the gate was passed; empty where that is not known. */
  readonly identities: readonly Identity[];
  readonly stop?: Stop;
}

/** A new container that the gate let through. */
export interface GatePass {
  readonly container: string;
  readonly looks: readonly string[];
  /** How it ended when it was tried by a restart. */
  readonly stop?: Stop;
}

/** One try of a change, and what the gate said to it. */
export interface GateAnswer {
  readonly change: Change;
  readonly at: string;
  /** How the containers did before the change was first tried, by their id. */
  readonly baselines: ReadonlyMap<string, Baseline>;
  readonly passes: readonly GatePass[];
  readonly failure?: Failure;
}

/**
 * What the tries of one change tell of sets of capabilities. A set counts as failed only where nothing else can have been
 * the reason: its capabilities are all that was changed, or it was seen to be refused one, or a wider set passed.
 */
export function gateTrials(answers: readonly GateAnswer[]): readonly GateTrial[] {
  const isPassed = answers.some(({ passes }) => passes.length > 0);
  return answers.flatMap(({ change, at, baselines, passes, failure }) =>
    [change, ...change.dependants].flatMap(({ container, id, edits }): readonly GateTrial[] => {
      const set = keptBy(edits);
      const baseline = baselines.get(id);
      // Of one that did not run nothing is known that it could be held against.
      if (set === undefined || baseline === undefined || !onlyPower(edits)) return [];
      const pass = passes.find((one) => one.container === container);
      const isFailed =
        failure?.container === container &&
        (isPassed || failure.suspicion.capabilities.length > 0 || movesNothing(change));
      if (!pass && !isFailed) return [];
      const { identities } = baseline;
      return [
        {
          container,
          id,
          at,
          result: pass ? 'passed' : 'failed',
          set: [...set].toSorted(),
          refused: isFailed && failure.suspicion.from === 'kernel' ? failure.suspicion.capabilities : [],
          looks: pass?.looks ?? [],
          identities: identities.known ? identities.value : [],
          ...(pass?.stop ? { stop: pass.stop } : {}),
        },
      ];
    }),
  );
}

/** With a better answer beside it, a set is proven only for those that have that too. */
function onlyPower(edits: readonly Edit[]): boolean {
  return edits.every(({ path }) => path === 'HostConfig.PortBindings' || POWER.includes(path));
}

function movesNothing({ edits, dependants }: Change): boolean {
  return [edits, ...dependants.map((one) => one.edits)].flat().every(({ path }) => POWER.includes(path));
}

const POWER: readonly string[] = ['HostConfig.CapAdd', 'HostConfig.CapDrop'];
