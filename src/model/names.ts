/**
 * Names and labels a change leaves on the host. They are the write-ahead intent: with them alone, from any control
 * machine, a half-done change is found and finished or undone (DESIGN §7).
 */
export type Role = 'new' | 'old' | 'bak' | 'fail';

/** A container's name while it plays a part in a change: `shop` as the candidate of run 7f3a is `shop.enforce-new-7f3a`. */
export function roleName(target: string, role: Role, run: string): string {
  return `${target}.enforce-${role}-${run}`;
}

/** Reads such a name back; undefined for every other name. */
export function parseRoleName(
  name: string,
): { readonly target: string; readonly role: Role; readonly run: string } | undefined {
  const match = /^(?<target>.+)\.enforce-(?<role>new|old|bak|fail)-(?<run>[0-9a-z]{4,32})$/.exec(name);
  if (!match?.groups) return undefined;
  const { target, role, run } = match.groups as { target: string; role: Role; run: string };
  return { target, role, run };
}

/**
 * Labels of a candidate. Engine labels cannot change later, so they are written once, at create, and all of them: what is
 * not said would be taken over from an image that was made of another candidate. An empty one says nothing.
 */
export const LABELS = {
  run: 'io.enforce.run',
  target: 'io.enforce.target',
  replaces: 'io.enforce.replaces',
  /** The old container's restart policy, `NAME:MAXIMUM`; it is set to `no` while it is kept. */
  restart: 'io.enforce.restart',
  /** What the old container did before the change: `running`, `paused` or `stopped`. */
  activity: 'io.enforce.activity',
  /** `stop-first` or `start-first`. */
  order: 'io.enforce.order',
  /** What stays of the old container once the change is made: the `container`, or its `specification` alone. */
  keeps: 'io.enforce.keeps',
  /** How files of the old container's writable layer come along: `none`, `copy` or `commit`. */
  carry: 'io.enforce.carry',
  /** On a dependant's candidate: the name of the container that its own holds on to. */
  leader: 'io.enforce.leader',
  /** On a leader's candidate: its dependants in the order they start, as JSON. */
  dependants: 'io.enforce.dependants',
  /** The settings before the change, as JSON: what the old container is made from again once it is gone. */
  before: 'io.enforce.before',
  plan: 'io.enforce.plan',
  /** Until when the old container is kept, ISO 8601. */
  keepUntil: 'io.enforce.keep-until',
} as const;

/** Name of the container that is a host's lock; the engine refuses a second one. */
export const LOCK_NAME = 'enforce.lock';

/** Labels of a host's lock. */
export const LOCK_LABELS = {
  /** Tells this taking of the lock from every other. */
  token: 'io.enforce.lock.token',
  operator: 'io.enforce.lock.operator',
  run: 'io.enforce.lock.run',
  process: 'io.enforce.lock.process',
  /** Seconds in which its holder may send calls. */
  lease: 'io.enforce.lock.lease',
  /** Seconds after which no call that was sent can still have an effect. */
  drain: 'io.enforce.lock.drain',
} as const;
