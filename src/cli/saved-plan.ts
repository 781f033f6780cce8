import { readFile } from 'node:fs/promises';
import { parsePlan } from '../load/plan-file.ts';
import { EnforceError } from '../model/errors.ts';
import type { Host } from '../model/inventory.ts';
import type { Plan } from '../model/plan.ts';
import type { RuleInputs } from './inputs.ts';
import type { CarryOption } from './options.ts';

/** A plan older than this is refused as a whole. */
const LONGEST_HOURS = 24;

/** Reads a plan that was saved with `enforce plan -o`. */
export async function savedPlan(file: string): Promise<Plan> {
  try {
    return parsePlan(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof EnforceError) throw error;
    throw new EnforceError('bad-plan', `${file} cannot be read: ${(error as Error).message}`, {
      hint: 'make it with enforce plan -o FILE',
      cause: error,
    });
  }
}

/** Refuses a plan that is too old, or that was made from another playbook or other exceptions than now. */
export function requireFresh(plan: Plan, { playbook, exceptions }: RuleInputs, now: Date): void {
  const hours = (now.getTime() - Date.parse(plan.createdAt)) / 3_600_000;
  const again = 'look at a new plan: enforce plan -o FILE';
  if (!(hours <= LONGEST_HOURS))
    throw refused(`the plan is ${Math.floor(hours)} hours old; one older than ${LONGEST_HOURS} is not applied`, again);
  if (hours < -0.1) throw refused('the plan was made in the future: a clock is wrong', again);
  if (plan.playbook.digest !== playbook.digest)
    throw refused(
      `the plan was made with playbook ${plan.playbook.name}, which changed since or is another now`,
      'give the same --playbook, or make a new plan',
    );
  if (plan.exceptionsDigest !== exceptions.digest)
    throw refused('the exceptions changed since the plan was made', 'give the same --exceptions, or make a new plan');
}

/** Refuses a plan none of whose hosts the inventory has: it was made with another `-i`. */
export function requireHosts({ hosts }: Plan, inventory: readonly Host[]): void {
  if (hosts.length === 0 || hosts.some(({ host }) => inventory.some(({ name }) => name === host))) return;
  const named = (names: readonly string[]): string => names.slice(0, 5).join(', ');
  throw new EnforceError(
    'usage',
    `the plan is for ${named(hosts.map(({ host }) => host))}; the inventory has ${named(inventory.map(({ name }) => name))}`,
    {
      hint: 'give the --inventory and --limit it was made with',
    },
  );
}

/** Refuses another way to bring files along than the plan was made with. */
export function requireCarry({ hosts }: Plan, { carry }: CarryOption): void {
  if (carry === undefined) return;
  const changes = hosts.flatMap((host) => (host.reachable ? host.changes : []));
  const other = changes.find(
    (change) => change.action === 'recreate' && change.carry !== 'none' && change.carry !== carry,
  );
  const planned = other?.carry ?? (changes.some((change) => change.carry === carry) ? carry : 'none');
  if (planned === carry) return;
  throw new EnforceError(
    'usage',
    planned === 'none' ? 'no change of the plan carries files along' : `the plan was made with --carry=${planned}`,
    {
      hint: `leave --carry out, or make a new plan: enforce plan --carry=${carry} -o FILE`,
    },
  );
}

/** Something that is refused as a whole before any change: exit code 5. */
export function refused(message: string, hint: string): EnforceError {
  return new EnforceError('refused', message, { hint });
}
