import type { Catalogue } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Blocked, CapabilityDecision, Change, Edit, PortMove } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { chooseCapabilities } from './choose-capabilities.ts';
import { choosePorts } from './choose-ports.ts';
import { guardRecreate } from './guards.ts';
import { ownerOf } from './owner.ts';
import type { PortRoom } from './port-room.ts';

/** What is needed to turn one container's findings into its change. */
export interface ChangeContext {
  readonly snapshot: Snapshot;
  readonly playbook: Playbook;
  readonly catalogue: Catalogue;
  readonly room: PortRoom;
}

/** The one change of a container: what is edited and why, or why nothing is done. */
export function changeFor(container: Container, findings: readonly Finding[], context: ChangeContext): Change {
  const { snapshot, playbook } = context;
  const open = findings.filter(({ exception }) => exception === null);
  const remedy = open.length === 0 ? nothing() : remedyFor(container, open, context);
  const guarded = open.length === 0 ? undefined : (guardRecreate(container, snapshot, playbook) ?? remedy.blocked);
  const action = open.length === 0 ? 'excepted' : guarded ? 'blocked' : 'recreate';
  if (action === 'recreate')
    context.room.promise(
      container.name,
      remedy.moves.map(({ to, protocol, ip }) => ({ port: to, protocol, ip })),
    );
  const recreated = action === 'recreate';

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
    warnings: recreated ? [...remedy.warnings, ...observations(container, snapshot)] : [],
    blocked: action === 'blocked' ? (guarded ?? null) : null,
    owner: ownerOf(container),
    downtimeSeconds: recreated ? 2 : 0,
    worstCaseSeconds: recreated ? worstCase(container, playbook) : 0,
    staleIf: { engineId: snapshot.engine.id, configDigest: container.configDigest, imageId: container.inspect.Image },
  };
}

interface Remedy {
  readonly edits: readonly Edit[];
  readonly moves: readonly PortMove[];
  readonly decisions: readonly CapabilityDecision[];
  readonly warnings: readonly string[];
  readonly blocked?: Blocked;
}

function nothing(): Remedy {
  return { edits: [], moves: [], decisions: [], warnings: [] };
}

/** What can be mended is mended; what only a person can mend stays named, and blocks a change only when it is all there is. */
function remedyFor(container: Container, open: readonly Finding[], context: ChangeContext): Remedy {
  const mendable = open.filter(({ evidence }) => evidence.kind === 'ports' || evidence.kind === 'capabilities');
  const staying = open.filter((finding) => !mendable.includes(finding));
  if (mendable.length === 0)
    return {
      ...nothing(),
      blocked: { because: staying.map(({ because }) => because).join('; '), hint: PROGRAM_CHOOSES },
    };
  const remedies = mendable.map((finding) => remedyOf(finding, container, context));
  const blocked = remedies.find((remedy) => remedy.blocked)?.blocked;
  return {
    edits: remedies.flatMap(({ edits }) => edits),
    moves: remedies.flatMap(({ moves }) => moves),
    decisions: remedies.flatMap(({ decisions }) => decisions),
    warnings: [
      ...remedies.flatMap(({ warnings }) => warnings),
      ...staying.map(({ because }) => `stays as it is: ${because}; ${PROGRAM_CHOOSES}`),
    ],
    ...(blocked ? { blocked } : {}),
  };
}

const PROGRAM_CHOOSES =
  'the program itself chooses the port: configure it to listen at 1024 or above, or give the container a network of its own';

function remedyOf(
  { evidence }: Finding,
  container: Container,
  { snapshot, playbook, catalogue, room }: ChangeContext,
): Remedy {
  switch (evidence.kind) {
    case 'ports': {
      const settings = playbook.rules['privileged-host-port'];
      if (!settings) return nothing();
      const choice = choosePorts(container.inspect.HostConfig.PortBindings ?? {}, evidence.ports, settings, room);
      return choice.ok
        ? { ...nothing(), edits: [choice.edit], moves: choice.moves }
        : { ...nothing(), blocked: choice };
    }
    case 'capabilities': {
      const settings = playbook.rules['linux-capabilities'];
      if (!settings) return nothing();
      const choice = chooseCapabilities(container, snapshot.engine, settings, catalogue);
      return choice.ok ? { ...nothing(), ...choice } : { ...nothing(), blocked: choice };
    }
    case 'listeners':
    case 'unknown':
      return nothing();
  }
}

/** Things the operator should see beside the diff. */
function observations({ inspect }: Container, { machine }: Snapshot): readonly string[] {
  return [
    ...(inspect.State.Health?.Status === 'unhealthy'
      ? ['it is unhealthy already; afterwards it is only held to be no worse']
      : []),
    ...(machine.listeners.known
      ? []
      : [
          `what the host itself listens on could not be read (${machine.listeners.because}); a taken port shows at start and is rolled back`,
        ]),
  ];
}

/** Stop timeout, start, health deadline, and the same again for a rollback, in seconds. */
function worstCase({ inspect }: Container, { health }: Playbook): number {
  const stop = inspect.Config.StopTimeout ?? 10;
  return 2 * (stop + 10) + health.deadlineSeconds;
}
