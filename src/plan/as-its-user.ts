import type { CapabilityDecision } from '../model/plan.ts';
import type { RuntimeFacts } from '../model/runtime.ts';
import type { Container } from '../model/snapshot.ts';
import type { BetterSetting } from './better-answers.ts';
import type { Ledger } from './capability-ledger.ts';
import { isNonRoot } from './configuration-needs.ts';

/**
 * Where a container only begins as root to become somebody else, it may as well begin as them: its start asks who it is,
 * everything of it runs as one user already, and its volumes are that user's. Then it needs no capability at all.
 */
export function asItsUser(
  container: Container,
  kept: readonly CapabilityDecision[],
  { watched }: Ledger,
): readonly BetterSetting[] {
  const runtime = container.details?.runtime;
  if (runtime === undefined || isNonRoot(container) || kept.length === 0) return [];
  const who = onlyUser(runtime);
  if (who === undefined || !asksWhoItIs(runtime) || !ownsAll(runtime, who.user)) return [];
  // What it must have although it is not root, it would not have as that user.
  const essential = kept.some(({ evidence }) => ['pinned', 'exec', 'declared'].includes(evidence));
  const isUsedLater = watched.evidence.some((one) => one.class === 'used');
  if (essential || isUsedLater) return [];
  const value = `${who.user}:${who.group}`;
  return [
    {
      kind: 'user',
      insteadOf: kept.map(({ capability }) => capability),
      setting: `--user ${value}`,
      because: `its start supports another user, all of it runs as ${value}, and its volumes belong to that user`,
      edit: { path: 'Config.User', before: container.inspect.Config.User ?? '', after: value },
    },
  ];
}

function onlyUser({ processes }: RuntimeFacts): { readonly user: number; readonly group: number } | undefined {
  if (!processes.known) return undefined;
  const [first, ...rest] = processes.value;
  if (first === undefined || first.userIds.real === 0) return undefined;
  const user = first.userIds.real;
  const group = first.groupIds.real;
  const isTheirs = [first, ...rest].every(
    ({ userIds, groupIds, groups, permitted }) =>
      Object.values(userIds).every((id) => id === user) &&
      Object.values(groupIds).every((id) => id === group) &&
      groups.every((id) => id === group) &&
      permitted.length === 0,
  );
  return isTheirs ? { user, group } : undefined;
}

/** `if [ "$(id -u)" = '0' ]`, as the images of Docker’s own library have it. */
function asksWhoItIs({ startTexts }: RuntimeFacts): boolean {
  return (
    startTexts.known && startTexts.value.some(({ text }) => text !== null && /\bid -u\b[^\n]*['"]?0['"]?/.test(text))
  );
}

function ownsAll({ mountedFolders }: RuntimeFacts, user: number): boolean {
  return (
    mountedFolders.known &&
    mountedFolders.value.every(({ ownerId, mode }) => ownerId === user && (mode & 0o700) === 0o700)
  );
}
