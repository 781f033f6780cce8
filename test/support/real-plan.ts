import type { ChangeSettings } from '../../src/apply/apply-change.ts';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { hostSession } from '../../src/cli/host-session.ts';
import { readHost, withDetails } from '../../src/cli/read-host.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Change } from '../../src/model/plan.ts';
import type { Playbook } from '../../src/model/playbook.ts';
import { buildPlan } from '../../src/plan/build-plan.ts';
import { RULES } from '../../src/rules/index.ts';
import { aPlaybook } from './a-playbook.ts';
import { hostAt, SOCKET_SETTINGS } from './engine-at.ts';

/** A gate that does not look longer than a test has time. */
export const QUICK_GATE = {
  healthyForSeconds: 1,
  deadlineSeconds: 20,
  onFailure: 'rollback',
  restartTrial: 'never',
} as const;

/** What a change is made with on a real engine. */
const QUICK: ChangeSettings = {
  gate: QUICK_GATE,
  planDigest: 'sha256:p1an',
  keepSeconds: 60,
  remembers: 'settings',
  preflight: () => Promise.resolve({ ready: true }),
};

/** The changes that the product plans for containers of an engine, by name. */
async function planOf(
  socketPath: string,
  containers: readonly string[],
  { clock }: Pick<HostTools, 'clock'>,
  playbook: Playbook = aPlaybook(),
): Promise<readonly Change[]> {
  const session = hostSession(hostAt(socketPath), SOCKET_SETTINGS, clock);
  const assessment = { rules: RULES, playbook, exceptions: [], containers, only: [] };
  try {
    const read = await withDetails(await readHost(session, assessment, { now: () => new Date(), clock }), session, {
      clock,
    });
    const { hosts } = buildPlan([{ host: 'web-1', address: '', read }], {
      assessment,
      exceptions: { exceptions: [], digest: '' },
      catalogue: { entries: [] },
      itself: { containerIds: [] },
      createdAt: new Date().toISOString(),
    });
    return hosts.flatMap((host) => (host.reachable ? host.changes : []));
  } finally {
    await session.close();
  }
}

/** Makes the change that the product plans for one container, whatever it keeps of its capabilities. */
export async function applyPlanned(
  socketPath: string,
  container: string,
  tools: HostTools,
  different: Partial<Change> = {},
): Promise<Outcome> {
  const change = (await planOf(socketPath, [container], tools)).find((one) => one.container === container);
  if (!change) throw new Error(`nothing is planned for ${container}`);
  if (change.action !== 'recreate')
    throw new Error(`${container} is ${change.action}: ${change.blocked?.because ?? ''}`);
  return await applyChange({ ...change, ...different }, QUICK, tools);
}
