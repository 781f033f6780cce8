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

/** Labels of a candidate. Engine labels cannot change later, so they are written once, at create. */
export const LABELS = {
  run: 'io.enforce.run',
  target: 'io.enforce.target',
  replaces: 'io.enforce.replaces',
  /** The old container's restart policy, `NAME:MAXIMUM`; it is set to `no` while it is kept. */
  restart: 'io.enforce.restart',
  plan: 'io.enforce.plan',
  /** Until when the old container is kept, ISO 8601. */
  keepUntil: 'io.enforce.keep-until',
} as const;
