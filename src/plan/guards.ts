import { matchesGlob } from '../model/glob.ts';
import { configuredPorts } from '../model/published-ports.ts';
import type { Blocked } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { dependantsOf } from './dependants.ts';
import { insteadOf, ownerOf } from './owner.ts';
import { unfaithful } from './unfaithful.ts';
import { filesAtRisk } from './writable-layer.ts';

/** One reason a container must not be recreated; undefined when it does not hold. */
type Guard = (container: Container, snapshot: Snapshot, playbook: Playbook) => Blocked | undefined;

/** The first reason not to recreate a container. Whatever is not known counts as a reason. */
export function guardRecreate(container: Container, snapshot: Snapshot, playbook: Playbook): Blocked | undefined {
  for (const guard of GUARDS) {
    const blocked = guard(container, snapshot, playbook);
    if (blocked) return blocked;
  }
  return undefined;
}

const GUARDS: readonly Guard[] = [
  podman,
  protectedContainer,
  carriesConnection,
  owned,
  autoRemoved,
  notRunning,
  attended,
  dependedOn,
  imageGone,
  volumesGone,
  unfaithful,
  dataInWritableLayer,
];

function podman(_container: Container, { engine }: Snapshot): Blocked | undefined {
  if (engine.kind === 'docker') return undefined;
  return {
    because: `the engine is Podman ${engine.version} behind a Docker socket, which does not give back everything needed to recreate a container`,
    hint: 'change the quadlet or the podman run command that made it',
  };
}

function protectedContainer({ name }: Container, _snapshot: Snapshot, { containers }: Playbook): Blocked | undefined {
  const glob = containers.protect.find((candidate) => matchesGlob(candidate, name));
  return glob === undefined
    ? undefined
    : {
        because: `the playbook protects it (containers.protect: ${glob})`,
        hint: 'take it off the list, or write an exception',
      };
}

/** Once such a container stops, nobody is left who could start the next one. */
function carriesConnection({ inspect }: Container, { address }: Snapshot): Blocked | undefined {
  const way = wayPort(address);
  const carries = configuredPorts(inspect).some(
    ({ hostPort, hostPortEnd, protocol }) => protocol === 'tcp' && way >= hostPort && way <= hostPortEnd,
  );
  if (!carries) return undefined;
  return {
    because: `it publishes port ${way}, by which enforce reaches this host: stopping it could end the connection in the middle of the change`,
    hint: 'run enforce on the host itself, or say in the inventory by which other port the host is reached',
  };
}

/** The host's port of an address; 0 where none leads to it. */
function wayPort(address: string): number {
  if (!/^(?:ssh|tcp):/.test(address) || !URL.canParse(address)) return 0;
  const { protocol, port } = new URL(address);
  return port === '' && protocol === 'ssh:' ? 22 : Number(port);
}

function owned(container: Container): Blocked | undefined {
  const owner = ownerOf(container);
  const hint = insteadOf(owner);
  return hint === undefined
    ? undefined
    : {
        because: `${owner.kind === 'other' ? 'another program' : owner.kind} created it${owner.name === undefined ? '' : ` (${owner.name})`} and would undo the change`,
        hint,
      };
}

function autoRemoved({ inspect }: Container): Blocked | undefined {
  if (!inspect.HostConfig.AutoRemove) return undefined;
  return {
    because: 'it was started with --rm: stopping it deletes it and its anonymous volumes, so nothing could be put back',
    hint: 'start it without --rm',
  };
}

function notRunning({ inspect: { State } }: Container): Blocked | undefined {
  if (State.Dead) return { because: 'the engine calls it dead', hint: 'remove it with docker rm' };
  if (State.Paused)
    return {
      because: 'it is paused, so whether its service answers cannot be told',
      hint: 'docker unpause it, then plan again',
    };
  if (State.Restarting)
    return { because: 'it keeps restarting, so there is no working service to compare with', hint: 'mend it first' };
  if (State.Running) return undefined;
  return {
    because: `it does not run (${State.Status}), so whether its service would still answer cannot be told`,
    hint: 'start it and plan again, or remove it',
  };
}

function attended({ inspect: { Config } }: Container): Blocked | undefined {
  const { OpenStdin, StdinOnce, AttachStdin, AttachStdout } = Config as {
    readonly OpenStdin?: boolean;
    readonly StdinOnce?: boolean;
    readonly AttachStdin?: boolean;
    readonly AttachStdout?: boolean;
  };
  if (OpenStdin && StdinOnce && AttachStdin)
    return {
      because: 'somebody is attached to it (docker run -i): stopping it would end their session',
      hint: 'end the session, or start it detached',
    };
  // Units that run `docker run` remove and remake their container whenever it ends (recreate.md §13).
  if (AttachStdout)
    return {
      because:
        'it was made without -d, so a systemd unit or a script may wait for it: once it stops, that would put the old container back',
      hint: 'change the unit or script that makes it, or make it with docker run -d',
    };
  return undefined;
}

function dependedOn(container: Container, snapshot: Snapshot): Blocked | undefined {
  const dependants = dependantsOf(container, snapshot);
  if (dependants.length === 0) return undefined;
  const list = dependants.map(({ name, through }) => `${name} (${through})`).join(', ');
  return {
    because: `other containers hold on to it by its id: ${list}`,
    hint: 'recreate them together by hand, or write an exception',
  };
}

function imageGone({ details, inspect }: Container): Blocked | undefined {
  if (details === undefined)
    return {
      because: 'its image and writable layer were not read',
      hint: 'plan against the host itself, or save the scan anew',
    };
  if (details.image !== null) return undefined;
  return {
    because: `its image ${inspect.Image.slice(0, 19)} is gone from the engine, so it could not be created again`,
    hint: 'docker pull the image it was made from',
  };
}

function volumesGone({ details }: Container): Blocked | undefined {
  if (!details || details.missingVolumes.length === 0) return undefined;
  return {
    because: `the engine no longer has its volume ${details.missingVolumes.join(', ')}`,
    hint: 'restore the volume first',
  };
}

function dataInWritableLayer(
  { details, inspect }: Container,
  _snapshot: Snapshot,
  { containers }: Playbook,
): Blocked | undefined {
  const files = details ? filesAtRisk(details.changes, inspect, containers.expendable) : [];
  if (files.length === 0) return undefined;
  const shown = files.slice(0, 3).join(', ') + (files.length > 3 ? ', …' : '');
  return {
    because: `${files.length} ${files.length === 1 ? 'file' : 'files'} in the writable layer would be lost (${shown})`,
    hint: 'move them to a volume, or name them in the playbook under containers.expendable',
  };
}
