import type { HostTools } from '../../src/apply/tools.ts';
import { hostSession } from '../../src/cli/host-session.ts';
import { portFingerprint, portKnock } from '../../src/cli/port-fingerprint.ts';
import { portProbe } from '../../src/cli/port-probe.ts';
import { refusalWatch } from '../../src/cli/refusal-watch.ts';
import { runtimeOf } from '../../src/cli/runtime-of.ts';
import type { Change, Edit } from '../../src/model/plan.ts';
import type { ContainerInspect, PortBindings } from '../../src/model/snapshot.ts';
import { aChange } from './a-plan.ts';
import { aProcess } from './a-process.ts';
import { hostAt, SOCKET_SETTINGS } from './engine-at.ts';
import { keptJournal } from './kept-journal.ts';

/** A process of enforce at work on a real engine: the product's session, client and probe, and a clock that goes. */
export async function workAt(
  socketPath: string,
  run: string,
  looks: 'inside' | 'from outside' | 'with the kernel' = 'from outside',
): Promise<{ readonly tools: HostTools; readonly close: () => Promise<void> }> {
  const clock = GOING_CLOCK;
  const session = hostSession(hostAt(socketPath), SOCKET_SETTINGS, clock);
  const engine = await session.engine();
  return {
    tools: {
      host: 'web-1',
      engine: session.engine,
      facts: await engine.facts(),
      journal: keptJournal(run),
      clock,
      probe: portProbe(session),
      // Two looks at each container take their time.
      ...(looks === 'with the kernel' ? { watchRefusals: refusalWatch(session, { clock, randomName }) } : {}),
      ...(looks !== 'from outside'
        ? { fingerprint: portFingerprint(session), knock: portKnock(session), ...runtimeOf(session, { clock }) }
        : UNSEEING),
      lock: {
        operator: 'a.lopez@control-1',
        ...aProcess(),
        patienceSeconds: looks === 'with the kernel' ? PATIENCE_SECONDS : 0,
      },
      emit: () => undefined,
    },
    close: session.close,
  };
}

function randomName(length: number): string {
  return Math.random().toString(36).slice(2).padEnd(length, '0').slice(0, length);
}

/** Other suites change containers of the engine whose kernel is asked. */
const PATIENCE_SECONDS = 240;

/** The clock of a process that waits for what is real. */
export const GOING_CLOCK: HostTools['clock'] = {
  now: () => performance.now(),
  timestamp: () => new Date().toISOString(),
  delay: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Looks that see nothing of what is in a container. */
export const UNSEEING: Pick<HostTools, 'fingerprint' | 'knock' | 'runtime' | 'processes'> = {
  fingerprint: () => Promise.resolve(undefined),
  knock: () => Promise.resolve(),
  runtime: () => Promise.resolve(new Map()),
  processes: () => Promise.resolve(new Map()),
};

/** Ten times as fast as a clock that goes: for programs that are up as soon as they are started. */
export function hurried(clock: HostTools['clock']): HostTools['clock'] {
  return { ...clock, now: () => clock.now() * 10, delay: (milliseconds) => clock.delay(milliseconds / 10) };
}

/** The change of a container that moves its ports below 1024 up by 8000, drops ALL and keeps what is named. */
export function changeOf(inspect: ContainerInspect, keep: readonly string[] = []): Change {
  const { HostConfig, Name, Id, Config, Image } = inspect;
  const edits: Edit[] = [
    edit('CapAdd', HostConfig.CapAdd, keep.length > 0 ? keep : null),
    edit('CapDrop', HostConfig.CapDrop, ['ALL']),
    edit('PortBindings', HostConfig.PortBindings, moved(HostConfig.PortBindings ?? {})),
  ];
  return aChange({
    container: Name.slice(1),
    id: Id,
    image: Config.Image,
    edits,
    staleIf: { engineId: 'REAL', configDigest: 'sha256:c0', imageId: Image },
  });
}

function edit(field: string, before: unknown, after: unknown): Edit {
  return { path: `HostConfig.${field}`, before: (before ?? null) as Edit['before'], after: after as Edit['after'] };
}

function moved(bindings: PortBindings): PortBindings {
  return Object.fromEntries(
    Object.entries(bindings).map(([key, rows]) => [
      key,
      rows?.map((row) => ({
        ...row,
        HostPort: (row.HostPort ?? '').replace(/^[1-9]\d{0,2}$/, (port) => `${8000 + Number(port)}`),
      })) ?? null,
    ]),
  );
}
