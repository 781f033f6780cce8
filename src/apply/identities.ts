import type { ProcessFacts } from '../model/runtime.ts';

/** Whom processes of one name run as. */
export interface Identity {
  /** A number of its own stands as `#`: workers count themselves. */
  readonly name: string;
  readonly userId: number;
  readonly groupId: number;
  /** In order. */
  readonly groups: readonly number[];
}

/**
 * The identities of which a process was there at both looks, under the same number. What comes and goes is not among
 * them, nor what was not started by the container itself: a health check, somebody's exec.
 */
export function lastingIdentities(first: ProcessLook, second: ProcessLook): readonly Identity[] {
  const earlier = new Map(ownProcesses(first).map((each) => [each.pid, keyOf(identityOf(each))]));
  const lasting = ownProcesses(second)
    .filter((each) => earlier.get(each.pid) === keyOf(identityOf(each)))
    .map(identityOf);
  return [...new Map(lasting.map((identity) => [keyOf(identity), identity])).values()];
}

/** The processes of a container at one moment, and the number of its first one. */
export interface ProcessLook {
  readonly first: number;
  readonly processes: readonly ProcessFacts[];
}

/** What became of the identities of the old container in the new one. */
export interface IdentityLoss {
  /** What runs as root now and never did before: nothing that would come right by waiting. */
  readonly worse: string | undefined;
  /** What is not there as it was, or does not stay. */
  readonly missing: string | undefined;
  /** Where that is all that is missing: programs that have no process at all and were not root. Some are started on demand. */
  readonly absent: readonly Identity[];
}

/** Holds two looks at the new container against who was there before. */
export function identityLoss(before: readonly Identity[], first: ProcessLook, second: ProcessLook): IdentityLoss {
  const lasting = lastingIdentities(first, second);
  const present = ownProcesses(second).map(identityOf);
  const named = (identities: readonly Identity[], name: string): readonly Identity[] =>
    identities.filter((identity) => identity.name === name);
  const risen = lasting.find(({ name, userId }) => {
    const known = named(before, name);
    return userId === 0 && known.length > 0 && known.every((identity) => identity.userId !== 0);
  });
  const lost = before.filter((identity) => !lasting.some((other) => keyOf(other) === keyOf(identity)));
  const isAbsent = ({ name, userId }: Identity): boolean => userId !== 0 && named(present, name).length === 0;
  const [missing] = [...lost.filter((identity) => !isAbsent(identity)), ...lost];
  return {
    worse:
      risen && `${risen.name} runs as root now, and ran as ${idText(named(before, risen.name)[0] ?? risen)} before`,
    missing: missing && whatIsMissing(missing, named(present, missing.name)),
    absent: !risen && lost.every(isAbsent) ? lost : [],
  };
}

function whatIsMissing(lost: Identity, present: readonly Identity[]): string {
  const [other] = present;
  const who = identityText(lost);
  if (!other) return `${who} ran before and does not run now`;
  if (present.some((identity) => keyOf(identity) === keyOf(lost)))
    return `${who} does not stay up: it is started again and again`;
  return `${who} ran before; ${lost.name} runs as ${idText(other)} now`;
}

/** Those that descend from the first process: what was brought in from outside does not. */
function ownProcesses({ first, processes }: ProcessLook): readonly ProcessFacts[] {
  const byPid = new Map(processes.map((each) => [each.pid, each]));
  if (!byPid.has(first)) return processes;
  const isOwn = (each: ProcessFacts | undefined, steps: number): boolean =>
    each !== undefined && steps > 0 && (each.pid === first || isOwn(byPid.get(each.parent), steps - 1));
  return processes.filter((each) => isOwn(each, MOST_GENERATIONS));
}

const MOST_GENERATIONS = 64;

function identityOf({ name, userIds, groupIds, groups }: ProcessFacts): Identity {
  return {
    name: nameWithoutNumber(name),
    userId: userIds.effective,
    groupId: groupIds.effective,
    groups: [...new Set(groups)].toSorted((one, other) => one - other),
  };
}

/** What all of a program's numbered workers are called. */
export function nameWithoutNumber(name: string): string {
  return name.replace(/(?<=[-_:/ ])\d+/g, '#');
}

function keyOf(identity: Identity): string {
  return JSON.stringify([identity.name, identity.userId, identity.groupId, identity.groups]);
}

/** An identity in words: `smtpd as 101:102`. */
export function identityText(identity: Identity): string {
  return `${identity.name} as ${idText(identity)}`;
}

function idText({ userId, groupId, groups }: Identity): string {
  const ids = `${userId}:${groupId}`;
  return groups.length === 0 ? ids : `${ids} (groups ${groups.join(' ')})`;
}
