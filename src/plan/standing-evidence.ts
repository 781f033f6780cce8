import type { Evidence } from '../model/evidence.ts';
import type { CapabilityMode } from '../model/playbook.ts';
import type { Container } from '../model/snapshot.ts';
import { hasInit } from './configuration-needs.ts';
import { foreignFolders } from './latent-rules.ts';
import { hostsWithout } from './trial-lessons.ts';
import type { Watched } from './watched.ts';

/** What decides whether a reason still counts. */
export interface Standing {
  readonly mode: CapabilityMode;
  readonly watched: Watched;
  readonly container: Container;
  /** Its image is known from trials, with stops and restarts. */
  readonly isTried: boolean;
}

/**
 * Reasons as they stand once it was watched: what may happen weighs less where its whole life was seen and it did not. A
 * reason that does not count any more turns into one to drop, so that the plan can still tell of it.
 */
export function standing(evidence: readonly Evidence[], how: Standing): readonly Evidence[] {
  return evidence.map((reason) => {
    if (wasStarted(reason, how.watched))
      return {
        ...reason,
        class: 'exec',
        because: `${reason.program} was started while it was watched; ${reason.because}`,
      };
    const overruled = whyOverruled(reason, how);
    return overruled === undefined
      ? reason
      : { ...reason, class: 'silent', because: `${reason.because}; ${overruled}` };
  });
}

function wasStarted({ program }: Evidence, { programs }: Watched): boolean {
  return program !== undefined && programs?.has(program) === true;
}

const UNSEEN = 'it was watched from its start on and never asked for it';

function whyOverruled(reason: Evidence, { mode, watched, container, isTried }: Standing): string | undefined {
  if (mode === 'cautious') return undefined;
  const departed = whyDeparted(reason, mode, watched);
  if (departed !== undefined) return departed;
  if (mode === 'minimal' && BORNE.includes(reason.class) && reason.isTolerated === true)
    return 'it bears to be refused it';
  if (watched.extent !== 'whole')
    return reason.class === 'latent' ? whyUnlikely(reason, container, isTried) : undefined;
  switch (reason.class) {
    case 'latent':
      // A start that was watched may not have been the first in its layer, as that of a new container is.
      if (reason.isRare === true) return undefined;
      // Programs that use nothing of what their files demand are seen by being started, or not at all.
      if (reason.program !== undefined)
        return watched.programs === undefined ? undefined : 'it was watched and never ran';
      return mode === 'minimal' ? UNSEEN : whyNotToCome(reason, watched, container);
    case 'catalogue':
      return reason.isRare === true ? undefined : UNSEEN;
    case 'configuration':
      if (reason.isRare === true) return undefined;
      // Whether a start changes owners may hang on whose the files are by then.
      return reason.capability === 'CHOWN' && mode === 'equivalent' ? whyNotToCome(reason, watched, container) : UNSEEN;
    default:
      return undefined;
  }
}

/** What is used, or will be, by programs whose refusal may be borne. */
const BORNE: readonly Evidence['class'][] = ['used-at-start', 'used', 'latent', 'catalogue', 'configuration'];

/** Hosts that must have passed the gate and a restart without a capability, before what was only inferred gives way. */
const ENOUGH_HOSTS = 2;

/** What was inferred gives way to trials of several hosts; what was seen to be used does so where only need counts. */
export function whyDeparted(
  { capability, class: kind }: Evidence,
  mode: CapabilityMode,
  { trials }: Pick<Watched, 'trials'>,
): string | undefined {
  const kinds = mode === 'minimal' ? [...INFERRED, 'used-at-start', 'used'] : INFERRED;
  if (mode === 'cautious' || !kinds.includes(kind)) return undefined;
  const hosts = hostsWithout(capability, trials);
  return hosts < ENOUGH_HOSTS ? undefined : `${hosts} hosts passed the gate and a restart without it`;
}

const INFERRED: readonly string[] = ['latent', 'catalogue', 'configuration', 'safe-set'];

/** What its volumes and its image speak against, and nobody has seen. */
function whyUnlikely({ capability }: Evidence, container: Container, isTried: boolean): string | undefined {
  // An image is tried as it is, and an init is none of it.
  const wasTried = isTried && !(capability === 'KILL' && hasInit(container));
  if (wasTried && !['CHOWN', 'DAC_OVERRIDE'].includes(capability)) return 'its image was tried without it';
  const runtime = container.details?.runtime;
  if (capability !== 'FOWNER' || runtime?.mountedFolders.known !== true) return undefined;
  return foreignFolders(runtime).length === 0 ? 'none of its volumes belongs to another user' : undefined;
}

/** Three of the latent needs come when nobody watches: at its stop, and at a start on volumes that changed since. */
function whyNotToCome(
  { capability }: Evidence,
  { sawStop, sawRestart }: Watched,
  container: Container,
): string | undefined {
  switch (capability) {
    case 'KILL':
      return sawStop ? 'it was seen to stop without it' : undefined;
    case 'DAC_OVERRIDE':
      return sawRestart ? 'it was seen to start again without it' : undefined;
    case 'CHOWN':
      return areSettled(container) ? 'all of its volumes belong to their users already' : undefined;
    default:
      return UNSEEN;
  }
}

/** Nobody but the container itself puts files into its own volumes. */
function areSettled({ inspect, details }: Container): boolean {
  const folders = details?.runtime?.mountedFolders;
  if (folders?.known !== true) return (inspect.Mounts ?? []).length === 0;
  return folders.value.every(({ kind, ownerId }) => kind === 'volume' && ownerId !== 0);
}
