import type { Change } from '../model/plan.ts';
import type { ChangeSettings } from './apply-change.ts';
import type { Baseline } from './baseline.ts';
import type { Identity } from './identities.ts';
import { identityText, nameWithoutNumber } from './identities.ts';
import type { Failure } from './job.ts';
import { soak } from './soak.ts';
import type { HostTools } from './tools.ts';

/** How a change was made that is to be made once more. */
export interface Repetition {
  readonly change: Change;
  readonly settings: Pick<ChangeSettings, 'gate' | 'isInterrupted' | 'whyTooLate'>;
  /** How the old containers did, by their id; what they do without is taken out. */
  readonly baselines: Map<string, Baseline>;
}

/**
 * Whether a change is to be made once more as it is: all that its new container lacked was programs that nobody may have
 * asked for yet, and the old one, put back and left to itself for as long as the gate waited, does without them as well.
 * Then it was not what the change took that they lacked. The service runs meanwhile.
 */
export async function repeatWithout(
  { absent = [], container }: Failure,
  { change, settings, baselines }: Repetition,
  tools: HostTools,
): Promise<boolean> {
  const member = [change, ...change.dependants].find((one) => one.container === container);
  const baseline = member && baselines.get(member.id);
  if (absent.length === 0 || baseline?.identities.known !== true || settings.whyTooLate?.(change)) return false;
  const { id } = member ?? change;
  const { deadlineSeconds } = settings.gate;
  const who = absent.map(identityText).join(', ');
  const about = { host: tools.host, container };
  const text = `watching the old one for ${deadlineSeconds} s: it may do without ${who} as well`;
  tools.emit({ kind: 'step', ...about, text });
  const terms = { id, seconds: deadlineSeconds, isInterrupted: settings.isInterrupted ?? (() => false) };
  if (!(await doesWithout(absent, terms, tools))) return false;
  const value = baseline.identities.value.filter((one) => !absent.includes(one));
  baselines.set(id, { ...baseline, identities: { known: true, value } });
  const because = `once it was started again the old one did without ${who} as well`;
  tools.journal.write({ event: 'decided', decision: 'repeat', at: tools.clock.timestamp(), ...about, because });
  tools.emit({ kind: 'step', ...about, text: `it is tried once more: ${because}` });
  return true;
}

async function doesWithout(
  absent: readonly Identity[],
  { id, ...terms }: { readonly id: string; readonly seconds: number; readonly isInterrupted: () => boolean },
  tools: Pick<HostTools, 'engine' | 'clock' | 'processes'>,
): Promise<boolean> {
  if (!(await soak({ ...terms, ids: [id] }, tools))) return false;
  const processes = (await tools.processes([id])).get(id)?.processes;
  if (processes?.known !== true || processes.value.length === 0) return false;
  const names = new Set(processes.value.map(({ name }) => nameWithoutNumber(name)));
  return absent.every(({ name }) => !names.has(name));
}
