import { matchesGlob } from '../model/glob.ts';
import type { Whereabouts } from '../model/machine.ts';
import type { Blocked, Change } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { carriedRoots, isCarried, isScratch } from '../model/writable-layer.ts';
import { managesContainers } from './engine-access.ts';
import { insteadOf, mayChange, whyNot } from './instead-of.ts';
import { runsEnforce } from './itself.ts';
import { servesNames } from './name-service.ts';
import { ownerOf } from './owner.ts';
import { revived } from './revivers.ts';
import { carriesConnection } from './way-in.ts';
import { unfaithful } from './unfaithful.ts';
import { filesAtRisk } from '../model/files-at-risk.ts';

/** One reason a container must not be recreated; undefined when it does not hold. */
type Guard = (
  container: Container,
  snapshot: Snapshot,
  playbook: Playbook,
  carry: Change['carry'],
) => Blocked | undefined;

/**
 * The first reason not to recreate a container; `itself` is where enforce runs, `carry` how its files may be brought
 * along. Whatever is not known counts as a reason.
 */
export function guardRecreate(
  container: Container,
  snapshot: Snapshot,
  playbook: Playbook,
  itself: Whereabouts,
  carry: Change['carry'] = 'none',
): Blocked | undefined {
  const own = runsEnforce(container, itself);
  if (own) return own;
  for (const guard of GUARDS) {
    const blocked = guard(container, snapshot, playbook, carry);
    if (blocked) return blocked;
  }
  return undefined;
}

const GUARDS: readonly Guard[] = [
  podman,
  protectedContainer,
  carriesConnection,
  servesNames,
  owned,
  managesContainers,
  revived,
  autoRemoved,
  notAtRest,
  endless,
  attended,
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

function owned(container: Container, snapshot: Snapshot): Blocked | undefined {
  const owner = ownerOf(container, snapshot);
  if (mayChange(owner)) return undefined;
  return { because: whyNot(owner), hint: insteadOf(owner) ?? 'change it where it is managed' };
}

function autoRemoved({ inspect }: Container): Blocked | undefined {
  if (!inspect.HostConfig.AutoRemove) return undefined;
  return {
    because: 'it was started with --rm: stopping it deletes it and its anonymous volumes, so nothing could be put back',
    hint: 'start it without --rm',
  };
}

/** A stopped container is made again and stays stopped, unless the engine would start the old one at boot: a new one that never ran it would not (recreate.md L3). */
function notAtRest({ inspect: { State, HostConfig } }: Container): Blocked | undefined {
  if (State.Dead) return { because: 'the engine calls it dead', hint: 'remove it with docker rm' };
  if (State.Restarting)
    return { because: 'it keeps restarting, so there is no working service to compare with', hint: 'mend it first' };
  if (State.Running || State.Status === 'created') return undefined;
  const restart = HostConfig.RestartPolicy?.Name ?? '';
  const comesBack = restart === 'always' || (restart === 'on-failure' && (State.ExitCode ?? 0) !== 0);
  if (State.Status === 'exited' && !comesBack) return undefined;
  return {
    because: comesBack
      ? `it is stopped, but its restart policy ${restart} would start it when the engine starts, and a new one that never ran would stay down`
      : `it does not run (${State.Status})`,
    hint: 'start it and plan again, set its restart policy to no, or remove it',
  };
}

/** An hour. The container chooses these times, and whoever waits for them has the lock of the host. */
const LONGEST_SECONDS = 3600;

function endless({ inspect: { Config, State } }: Container): Blocked | undefined {
  const stop = Config.StopTimeout ?? 0;
  const start = (Config.Healthcheck?.StartPeriod ?? 0) / 1e9;
  if (State.Running && (stop < 0 || stop > LONGEST_SECONDS))
    return {
      because: `Config.StopTimeout: it may take ${stop < 0 ? 'for ever' : `${stop} s`} to stop, and no change waits longer than an hour`,
      hint: 'stop it by hand, then plan again',
    };
  if (start <= LONGEST_SECONDS) return undefined;
  return {
    because: `Config.Healthcheck.StartPeriod: it may take ${start} s to start, and no change waits longer than an hour`,
    hint: 'recreate it by hand, or write an exception',
  };
}

function attended({ inspect: { Config, State } }: Container): Blocked | undefined {
  // Nobody is attached to one that does not run; `docker create` marks all it makes so.
  if (!State.Running) return undefined;
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
  container: Container,
  _snapshot: Snapshot,
  { containers }: Playbook,
  carry: Change['carry'],
): Blocked | undefined {
  const { details, inspect } = container;
  const files = details ? filesAtRisk(details.changes, inspect, containers.expendable) : [];
  if (carry !== 'none') return files.length === 0 ? undefined : whyNotCarried(container, carry);
  if (files.length === 0) return undefined;
  return {
    because: `${counted(files)} in the writable layer would be lost ${listed(files)}`,
    hint: 'bring them along with --carry=copy or --carry=commit, move them to a volume, or name them in the playbook under containers.expendable',
  };
}

function whyNotCarried({ details, inspect }: Container, carry: 'copy' | 'commit'): Blocked | undefined {
  const changes = details?.changes ?? [];
  // The engine's list is JSON, in which such a name cannot be asked for.
  const unnameable = carriedRoots(changes, inspect).filter(({ path }) => path.includes('\uFFFD'));
  if (unnameable.length > 0)
    return {
      because: `${counted(unnameable)} in the writable layer cannot be carried over ${listed(unnameable.map(({ path }) => path))}: the name is not UTF-8`,
      hint: 'rename them, or move them to a volume',
    };
  if (carry === 'commit') return undefined;
  const deleted = changes.filter(
    (change) => change.kind === 'deleted' && isCarried(change, inspect) && !isScratch(change.path),
  );
  if (deleted.length > 0)
    return {
      because: `${counted(deleted)} of its image ${deleted.length === 1 ? 'was' : 'were'} deleted ${listed(deleted.map(({ path }) => path))}, which a copy cannot do`,
      hint: 'use --carry=commit',
    };
  return inspect.HostConfig.ReadonlyRootfs === true
    ? { because: 'its root is read-only, so the engine copies nothing into it', hint: 'use --carry=commit' }
    : undefined;
}

function counted({ length }: readonly unknown[]): string {
  return `${length} ${length === 1 ? 'file' : 'files'}`;
}

function listed(paths: readonly string[]): string {
  return `(${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''})`;
}
