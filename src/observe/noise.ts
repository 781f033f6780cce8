/** One kind of question that a container's programs put to the kernel, with all that tells whether it was in earnest. */
export interface Check {
  readonly capability: string;
  readonly granted: boolean;
  /** The system call; null where the kernel did not tell. */
  readonly call: string | null;
  /** The part of the kernel that asked of its own accord; null where the program asked, or it is not known. */
  readonly within: 'memory' | 'overlay' | null;
  /** The place of the rights in memory and the thread that used them, `87063402 29240`; empty where `bounding` is told. */
  readonly credential: string;
  readonly bounding: string | null;
  readonly namespace: string | null;
}

/** What is known of the container a check is held against. */
export interface Rights {
  /** The bounding set of its first process as a mask; null where it was not read. */
  readonly bounding: string | null;
  /** What is in it. */
  readonly held: ReadonlySet<string>;
  /** Rights that proved to be another's. */
  readonly foreign: ReadonlySet<string>;
  /** Its user namespace, where the kernel names it. */
  readonly namespace: string | null;
}

/**
 * Rights that are not the container's: overlayfs looks into and copies the files of its layers with the rights of whoever
 * mounted it. They have another bounding set; where the kernel does not tell that, see `foreignCredentials`.
 */
export function isForeign(check: Check, { bounding, foreign }: Rights): boolean {
  if (check.bounding !== null) return bounding !== null && check.bounding !== bounding;
  return foreign.has(check.credential);
}

/**
 * Rights that prove to be another's by all that one thread asked with them: they were granted what the container cannot
 * hold, or were used by overlayfs in its layers. One question that is unlike both is enough to take them for its own. Where
 * a thread's questions prove nothing, those of others with the same rights do; what is told of them by their place in
 * memory alone is not enough, as the kernel gives it to others when they are gone.
 */
export function foreignCredentials(checks: readonly Check[], held: ReadonlySet<string>): ReadonlySet<string> {
  const told = checks.filter(({ bounding }) => bounding === null);
  const namesOf = (some: readonly Check[]): ReadonlySet<string> => new Set(some.map(({ credential }) => credential));
  const own = namesOf(told.filter((check) => isOwnWay(check, held)));
  const proven = namesOf(told.filter((check) => check.within === 'overlay' || isBeyond(check, held)));
  const [ownPlaces, provenPlaces] = [new Set([...own].map(placeOf)), new Set([...proven].map(placeOf))];
  const isShared = (place: string): boolean => provenPlaces.has(place) && !ownPlaces.has(place);
  return new Set([...namesOf(told)].filter((name) => !own.has(name) && (proven.has(name) || isShared(placeOf(name)))));
}

function isOwnWay(check: Check, held: ReadonlySet<string>): boolean {
  return check.call !== null && check.within !== 'overlay' && !isBeyond(check, held);
}

function isBeyond({ granted, capability }: Check, held: ReadonlySet<string>): boolean {
  return granted && !held.has(capability);
}

function placeOf(credential: string): string {
  return credential.split(' ')[0] ?? '';
}

/** Every mapping asks for SYS_ADMIN, to see whether memory kept for it may be used; nothing depends on the answer. */
export function isMemoryCount(check: Check): boolean {
  return check.within === 'memory';
}

/** What is denied today cannot be what today's work rests on. */
export function isRefused(check: Check): boolean {
  return !check.granted;
}

/** What the container cannot hold, it has not used. */
export function isOutside(check: Check, { held }: Rights): boolean {
  return !held.has(check.capability);
}

/**
 * Asked although nothing fails without it: whether a chown or chmod may keep the setgid bit, whether capset may do more than
 * it has to, whether an execve is traced or may ignore a limit.
 */
export function isAdvisory({ capability, call }: Check): boolean {
  if (capability === 'FSETID') return true;
  if (capability === 'SETPCAP') return call === 'capset' || isExecution(call);
  return capability === 'SYS_ADMIN' && isExecution(call);
}

function isExecution(call: string | null): boolean {
  return call === 'execve' || call === 'execveat';
}

/** Asked of a user namespace that is not the container's: of one it made itself, or of the host's own. */
export function isOtherNamespace(check: Check, { namespace }: Rights): boolean {
  if (check.namespace === null) return false;
  // A probe tells it only where it is not that of the rights themselves.
  if (check.bounding !== null) return true;
  return namespace !== null && check.namespace !== namespace;
}

/** Whether a check says nothing of what the container needs, granted or not. */
export function isNoise(check: Check, rights: Rights): boolean {
  return isForeign(check, rights) || isMemoryCount(check) || isAdvisory(check) || isOtherNamespace(check, rights);
}
