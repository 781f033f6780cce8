import type { Catalogue } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Whereabouts } from '../model/machine.ts';
import type { Learned } from '../model/learned.ts';
import type { Blocked, CapabilityBasis, CapabilityDecision, Change, Edit, PortMove, Widening } from '../model/plan.ts';
import type { Exception, Playbook } from '../model/playbook.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { covers } from './accept.ts';
import { activityOf } from '../model/activity-of.ts';
import { chooseCapabilities } from './choose-capabilities.ts';
import { choosePorts } from './choose-ports.ts';
import { guardRecreate } from './guards.ts';
import { filesToCarry } from './writable-layer.ts';
import { lostItsName, observations } from './observations.ts';
import { ownerWarnings } from './owner-warnings.ts';
import { ownerOf } from './owner.ts';
import type { PortClaim, PortRoom } from './port-room.ts';
import { shrinkCapabilities } from './shrink-capabilities.ts';
import { isSurplus } from './surplus.ts';
import { whyStopFirst } from './why-stop-first.ts';
import { widerTries, wideningOf } from './widening.ts';

/** What is needed to turn one container's findings into its change. */
export interface ChangeContext {
  readonly snapshot: Snapshot;
  readonly playbook: Playbook;
  readonly catalogue: Catalogue;
  readonly learned: Learned;
  /** `YYYY-MM-DD`, by which pins end. */
  readonly day: string;
  /** Those in force. */
  readonly exceptions: readonly Exception[];
  readonly room: PortRoom;
  /** Where enforce runs. */
  readonly itself: Whereabouts;
  /** How files that were written into a container may come along. */
  readonly carry: Change['carry'];
}

/** The one change of a container: what is edited and why, or why nothing is done. */
export function changeFor(container: Container, findings: readonly Finding[], context: ChangeContext): Change {
  const { snapshot, playbook } = context;
  const open = findings.filter(({ exception }) => exception === null);
  const remedy = open.length === 0 ? nothing() : remedyFor(container, findings, context);
  const guarded =
    open.length === 0
      ? undefined
      : (guardRecreate(container, snapshot, playbook, context.itself, context.carry) ??
        remedy.blocked ??
        losesException(container, findings, context));
  const action = open.length === 0 ? 'excepted' : guarded ? 'blocked' : 'recreate';
  const recreated = action === 'recreate';
  const activity = activityOf(container.inspect);
  const carriedFiles = recreated && context.carry !== 'none' ? filesToCarry(container, playbook) : 0;
  const carry = carriedFiles > 0 ? context.carry : 'none';
  // What is still written to cannot be carried over.
  const order = carry === 'none' ? orderOf(container, remedy.moves, playbook) : 'stop-first';
  // Where it is not enough the old one is what there was before.
  const widening =
    recreated && !isSurplus(findings)
      ? wideningOf(container, { ...remedy, settings: playbook.rules['linux-capabilities'], day: context.day })
      : undefined;
  const owner = ownerOf(container, snapshot);
  if (recreated) context.room.promise(container.name, remedy.claims);

  return {
    host: snapshot.host,
    container: container.name,
    id: container.id,
    image: container.inspect.Config.Image,
    action,
    because: findings,
    edits: recreated ? remedy.edits : [],
    portMoves: recreated ? remedy.moves : [],
    capabilities: recreated ? remedy.decisions : [],
    ...(recreated && remedy.basis ? { capabilityBasis: remedy.basis } : {}),
    ...(widening ? { widening } : {}),
    warnings: recreated
      ? [
          ...remedy.warnings,
          ...ownerWarnings(container, owner, remedy, snapshot),
          ...observations(container, snapshot, remedy.moves),
        ]
      : [],
    blocked: action === 'blocked' ? (guarded ?? null) : null,
    owner,
    activity,
    order,
    // Whoever manages a project by labels would find two of them, and start the wrong one (recreate.md §14).
    keeps: owner.kind === 'compose' ? 'specification' : 'container',
    carry,
    carriedFiles,
    dependants: [],
    downtimeSeconds: recreated && order === 'stop-first' && activity === 'running' ? 2 : 0,
    worstCaseSeconds: recreated ? worstCase(container, playbook, widening) : 0,
    staleIf: { engineId: snapshot.engine.id, configDigest: container.configDigest, imageId: container.inspect.Image },
  };
}

function orderOf(container: Container, moves: readonly PortMove[], { rollout }: Playbook): Change['order'] {
  if (rollout.order === 'stop-first') return 'stop-first';
  return whyStopFirst(container, moves, false) === undefined ? 'start-first' : 'stop-first';
}

interface Remedy {
  readonly edits: readonly Edit[];
  readonly moves: readonly PortMove[];
  readonly claims: readonly PortClaim[];
  readonly decisions: readonly CapabilityDecision[];
  readonly basis?: CapabilityBasis;
  readonly isTried: boolean;
  readonly warnings: readonly string[];
  readonly blocked?: Blocked;
  /** Why nothing is done where nothing else is to be done either. */
  readonly idle?: Blocked;
}

function nothing(): Remedy {
  return { edits: [], moves: [], claims: [], decisions: [], isTried: false, warnings: [] };
}

/** What can be mended is mended; what only a person can mend stays named, and blocks a change only when it is all there is. */
function remedyFor(container: Container, findings: readonly Finding[], context: ChangeContext): Remedy {
  const open = findings.filter(({ exception }) => exception === null);
  const mendable = open.filter(({ evidence: { kind } }) => ['ports', 'capabilities', 'surplus'].includes(kind));
  const staying = open.filter((finding) => !mendable.includes(finding));
  if (mendable.length === 0)
    return {
      ...nothing(),
      blocked: { because: staying.map(({ because }) => because).join('; '), hint: PROGRAM_CHOOSES },
    };
  // What an exception leaves of one finding may be two, and is mended at once.
  const kinds = mendable.map(({ evidence: { kind } }) => kind);
  const distinct = mendable.filter(({ evidence: { kind } }, at) => kinds.indexOf(kind) === at);
  const remedies = distinct.map((finding) => remedyOf(finding, container, findings, context));
  const edits = remedies.flatMap((remedy) => remedy.edits);
  const idle = edits.length === 0 ? remedies.find((remedy) => remedy.idle)?.idle : undefined;
  const blocked = remedies.find((remedy) => remedy.blocked)?.blocked ?? idle;
  const basis = remedies.find((remedy) => remedy.basis)?.basis;
  return {
    edits,
    moves: remedies.flatMap(({ moves }) => moves),
    claims: remedies.flatMap(({ claims }) => claims),
    decisions: remedies.flatMap(({ decisions }) => decisions),
    isTried: remedies.some(({ isTried }) => isTried),
    warnings: [
      ...remedies.flatMap(({ warnings }) => warnings),
      ...staying.map(({ because }) => `stays as it is: ${because}; ${PROGRAM_CHOOSES}`),
    ],
    ...(basis ? { basis } : {}),
    ...(blocked ? { blocked } : {}),
  };
}

const PROGRAM_CHOOSES =
  'the program itself chooses the port: configure it to listen at 1024 or above, or give the container a network of its own';

function remedyOf(
  { evidence }: Finding,
  container: Container,
  findings: readonly Finding[],
  { snapshot, playbook, catalogue, learned, day, room }: ChangeContext,
): Remedy {
  switch (evidence.kind) {
    case 'ports': {
      const settings = playbook.rules['privileged-host-port'];
      if (!settings) return nothing();
      const choice = choosePorts(container.inspect.HostConfig.PortBindings ?? {}, evidence.ports, settings, room);
      return choice.ok
        ? { ...nothing(), edits: [choice.edit], moves: choice.moves, claims: choice.claims }
        : { ...nothing(), blocked: choice };
    }
    case 'surplus':
    case 'capabilities': {
      const settings = playbook.rules['linux-capabilities'];
      if (!settings) return nothing();
      const choose = evidence.kind === 'surplus' ? shrinkCapabilities : chooseCapabilities;
      const choice = choose(container, {
        engine: snapshot.engine,
        settings,
        catalogue,
        learned,
        accepted: acceptedCapabilities(findings),
        day,
      });
      if (!choice.ok) return { ...nothing(), blocked: choice };
      const isMadeOrdinary = choice.edits.some(({ path }) => path === 'HostConfig.Privileged');
      return isMadeOrdinary && ownerOf(container, snapshot).kind === 'compose'
        ? { ...nothing(), blocked: NOT_TAKEN_BACK }
        : { ...nothing(), ...choice };
    }
    case 'listeners':
    case 'unknown':
      return nothing();
  }
}

/** Of a container of compose only labels remain, and no label may make a container privileged again. */
const NOT_TAKEN_BACK: Blocked = {
  because: 'it is privileged and belongs to a compose project: the change could not be taken back',
  hint: 'take privileged out of its compose file and add cap_add there',
};

/** What exceptions accept of a container's capabilities, each with until when: it stays, whatever else is mended. */
function acceptedCapabilities(findings: readonly Finding[]): ReadonlyMap<string, string> {
  return new Map(
    findings.flatMap(({ evidence, exception }) =>
      exception === null || evidence.kind !== 'capabilities'
        ? []
        : evidence.excess.map((name): [string, string] => [
            name,
            `accepted until ${exception.expires} (${exception.ticket ?? exception.owner})`,
          ]),
    ),
  );
}

/**
 * Created by id, a container no longer has the name its exception goes by: what is accepted now would be a finding at the
 * next run, and be changed then.
 */
function losesException(
  container: Container,
  findings: readonly Finding[],
  { exceptions }: ChangeContext,
): Blocked | undefined {
  if (!lostItsName(container)) return undefined;
  const byImage = findings.some(
    (finding) =>
      finding.exception !== null &&
      exceptions.some((exception) => exception.match.image !== undefined && covers(exception, finding, container)),
  );
  if (!byImage) return undefined;
  return {
    because: `the name ${container.inspect.Config.Image} does not stand for its image any more, and an exception goes by that name: created again, by id, it would lose the exception`,
    hint: 'match the exception by container or label instead of image',
  };
}

/**
 * Stop timeout, start, health deadline, and the same again for a rollback, in seconds; with the restart that the new
 * container may be tried by and the time it is watched for, as often as the change may be tried.
 */
function worstCase({ inspect }: Container, { health }: Playbook, widening: Widening | undefined): number {
  const start = (inspect.Config.Healthcheck?.StartPeriod ?? 0) / 1e9 + health.deadlineSeconds;
  const stop = (inspect.Config.StopTimeout ?? 10) + 10;
  const trial = health.restartTrial === 'never' ? 0 : stop + start;
  const soak = health.soakSeconds === undefined ? 0 : health.soakSeconds + start;
  return (start + 2 * stop + trial + soak) * (1 + widerTries(widening));
}
