import type { HostTools } from '../apply/tools.ts';
import type { Journal } from '../model/journal.ts';
import type { HostSession } from './host-session.ts';
import type { CommonOptions } from './options.ts';
import { portFingerprint, portKnock } from './port-fingerprint.ts';
import { portProbe } from './port-probe.ts';
import type { Progress } from './progress.ts';
import { refusalWatch } from './refusal-watch.ts';
import { runtimeOf } from './runtime-of.ts';
import type { World } from './world.ts';

/** What applying to a host needs, wired to a session, a journal and whoever watches. */
export async function hostTools(
  session: HostSession,
  journal: Journal,
  progress: Progress,
  { clock, operator, identity, randomName }: World,
  { lockTimeout }: Pick<CommonOptions, 'lockTimeout'>,
): Promise<HostTools> {
  const engine = await session.engine();
  return {
    host: session.host.name,
    engine: session.engine,
    facts: await engine.facts(),
    journal,
    clock,
    probe: portProbe(session),
    fingerprint: portFingerprint(session),
    knock: portKnock(session),
    ...runtimeOf(session, { clock }),
    watchRefusals: refusalWatch(session, { clock, randomName }),
    lock: { operator, ...identity, patienceSeconds: lockTimeout },
    emit: ({ host, container, text }) => progress.report({ event: 'step', host, container, step: text }),
  };
}
