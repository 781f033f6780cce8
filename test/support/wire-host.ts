import { applyChange } from '../../src/apply/apply-change.ts';
import { resumeHost } from '../../src/apply/apply-host.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { hostSession } from '../../src/cli/host-session.ts';
import type { Outcome } from '../../src/model/journal.ts';
import { hostAt, SOCKET_SETTINGS } from './engine-at.ts';
import type { HeldDeadlines } from './held-deadlines.ts';
import type { MemoryHost, ServiceOptions } from './memory-host.ts';
import { memoryHost, RUN } from './memory-host.ts';
import type { WireCall, WireFault } from './wire.ts';
import { wireTo } from './wire.ts';

/** What is done over a failing wire, on which host. */
export interface WireScenario {
  readonly options: ServiceOptions;
  /** Done first, without the wire. */
  readonly before?: Work;
  readonly work: Work;
}

/** One thing that enforce does to a host; nothing comes back when there was nothing to do. */
export type Work = (host: MemoryHost, tools: HostTools) => Promise<Outcome | undefined>;

/** The planned change. */
export const change: Work = (host, tools) => applyChange(host.change, host.settings, tools);

/** The rollback of what was changed. */
export const rollBack: Work = async (host, tools) => {
  const [target] = await rollBackTargets(undefined, tools);
  return target && (await rollBackTarget(target, host.settings.gate, tools)).outcome;
};

/** Which calls were made, how it was said to have ended, and whatever was not as it must be. */
export interface WireEnd {
  readonly told: string;
  readonly calls: readonly WireCall[];
  readonly wrong: readonly string[];
}

const OLD = ['web: old, running, always:0'];
const NEW = [`web.enforce-bak-${RUN}: old, exited, no:0`, 'web: new, running, always:0'];

/**
 * Does the work over a wire on a host in memory, then resumes over a sound one. What was told must be what is found, the
 * end must be one of the two ends there are, and what once stood as an end must stay.
 */
export async function overTheWire(
  { options, before, work }: WireScenario,
  deadlines: HeldDeadlines,
  faultOf: (index: number) => WireFault | undefined,
): Promise<WireEnd> {
  const host = await memoryHost(options);
  const wire = await wireTo(host.engine.socketPath, deadlines);
  const process = await host.enter();
  const session = hostSession(hostAt(wire.socketPath), SOCKET_SETTINGS, process.clock);
  try {
    await before?.(host, process);
    const wrong = watch(host);
    const calls: WireCall[] = [];
    wire.fault = (call) => faultOf(calls.push(call) - 1);
    const told = await work(host, { ...process, engine: session.engine }).catch(
      (error: unknown) => `threw ${String(error)}`,
    );
    const found = host.standing().filter((line) => !line.startsWith('enforce.lock'));
    await resumeHost(host.settings, await host.enter('0ther'));

    const end = host.standing();
    const rows = [
      ...(isTrue(told, found) ? [] : [`told ${said(told)}, found ${found.join(' | ')}`]),
      ...(isOneOf(end, [OLD, NEW]) ? [] : [`told ${said(told)}, ended ${end.join(' | ')}`]),
      ...(isOneOf(found, [OLD, NEW]) && !isOneOf(end, [found])
        ? [`${found.join(' | ')} became ${end.join(' | ')}`]
        : []),
      ...wire.endless.map((kind) => `${kind} has no deadline`),
    ];
    return { told: said(told), calls, wrong: [...rows, ...wrong()] };
  } finally {
    await session.close();
    await wire.close();
    await host.close();
  }
}

/** Whether the outcome is what is found on the host. What cannot tell how it ended must say that a person is needed. */
function isTrue(told: Outcome | string | undefined, found: readonly string[]): boolean {
  if (typeof told !== 'object' || told.result === 'stuck') return true;
  return isOneOf(found, told.result === 'applied' ? [NEW] : [OLD]);
}

function said(told: Outcome | string | undefined): string {
  return typeof told === 'object' ? `${told.result}${'because' in told ? ` (${told.because})` : ''}` : String(told);
}

function isOneOf(standing: readonly string[], ends: readonly (readonly string[])[]): boolean {
  return ends.some((end) => end.join('\n') === standing.join('\n'));
}

/** Notes what must never be, from here on: two that run at once, a volume that comes or goes. */
function watch({ engine }: MemoryHost): () => readonly string[] {
  const volumes = [...engine.store.volumes.keys()].join();
  const wrong = new Set<string>();
  engine.afterEach = () => {
    const up = [...engine.store.containers.values()].filter(({ phase }) => phase !== 'created' && phase !== 'exited');
    if (up.length > 1) wrong.add('two were running');
    if ([...engine.store.volumes.keys()].join() !== volumes) wrong.add('the volumes changed');
  };
  return () => [...wrong];
}
