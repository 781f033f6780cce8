import { currentLock } from '../apply/under-lock.ts';
import type { EngineReader } from '../engine/engine.ts';
import { effectiveCapabilities } from '../model/capabilities.ts';
import { EnforceError } from '../model/errors.ts';
import { isRootless } from '../model/is-rootless.ts';
import { matchesGlob } from '../model/glob.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Watched } from '../observe/observe-containers.ts';
import { usage } from './run.ts';

/** The containers of one host that are to be observed. */
export interface ChosenContainers {
  readonly host: string;
  readonly engineId: string;
  readonly containers: readonly Watched[];
  /** Those that do not run, which cannot be watched. */
  readonly stopped: readonly string[];
  /** Every name there, to say what could have been meant. */
  readonly names: readonly string[];
}

/** Finds what the command line names on one host, and refuses what cannot be watched there. */
export async function chosenContainers(
  host: string,
  wanted: readonly string[],
  engine: EngineReader,
  restarts: boolean,
): Promise<ChosenContainers> {
  const facts = await engine.facts();
  if (facts.kind === 'podman')
    throw new EnforceError(
      'not-docker',
      `${host} runs Podman: it starts commands in containers in a way that cannot be followed`,
      {
        hint: 'pin the capabilities of its containers in the playbook',
      },
    );
  if (isRootless(facts))
    throw new EnforceError(
      'usage',
      `the engine of ${host} is rootless: its containers hold no capability of the host`,
      {
        hint: 'what they use inside their own user namespace cannot be told yet; pin the capabilities in the playbook',
      },
    );
  const all = await engine.list();
  const named = all.filter(({ id, names }) => wanted.some((want) => isMeant(want, id, names)));
  if (restarts && named.length > 0 && (await currentLock(engine)))
    throw new EnforceError('locked', `another run is changing ${host}: nothing is restarted meanwhile`, {
      hint: 'enforce status shows it; without --start it can be observed',
    });
  const containers: Watched[] = [];
  const stopped: string[] = [];
  for (const { id, names } of named) {
    const inspect = await engine.inspect(id);
    if (!inspect) continue;
    if (restarts) {
      const sharer = all.find(({ networkMode }) => isOf(networkMode, id, names));
      refuseRestart(inspect, sharer?.names[0]);
    }
    const pid = inspect.State.Running ? (inspect.State.Pid ?? 0) : 0;
    const name = inspect.Name.replace(/^\//, '');
    // What somebody stopped stays so.
    if (pid === 0) {
      stopped.push(name);
      continue;
    }
    containers.push({
      id,
      name,
      pid,
      held: effectiveCapabilities(inspect.HostConfig).names,
      stopTimeout: inspect.Config.StopTimeout ?? null,
    });
  }
  return { host, engineId: facts.id, containers, stopped, names: all.flatMap(({ names }) => names) };
}

function isMeant(want: string, id: string, names: readonly string[]): boolean {
  return names.some((name) => matchesGlob(want, name)) || (/^[0-9a-f]{12,64}$/.test(want) && id.startsWith(want));
}

function isOf(networkMode: string, id: string, names: readonly string[]): boolean {
  const [kind, whose] = networkMode.split(':');
  return kind === 'container' && whose !== undefined && (whose === id || names.includes(whose));
}

function refuseRestart({ Name, HostConfig }: ContainerInspect, sharer: string | undefined): void {
  const name = Name.replace(/^\//, '');
  if (HostConfig.AutoRemove === true)
    throw usage(`${name} is removed when it stops (--rm), and cannot be restarted`, 'observe it without --start');
  if (sharer !== undefined)
    throw usage(`${name} lends its network to ${sharer}, which would lose it`, 'observe it without --start');
}

/** Each word of the command line must mean a container that can be watched; a typing error must not look like a clean result. */
export function requireChosen(
  wanted: readonly string[],
  hosts: readonly ChosenContainers[],
  isIncomplete: boolean,
): void {
  const chosen = hosts.flatMap(({ containers }) => containers);
  const lost = wanted.find((want) => !chosen.some(({ id, name }) => isMeant(want, id, [name])));
  // Where a host was not read, the container may be on it; that the answer is incomplete is told already.
  if (lost === undefined || isIncomplete) return;
  const names = [...new Set(hosts.flatMap((host) => host.names))].toSorted();
  if (names.some((name) => matchesGlob(lost, name)))
    throw usage(`${JSON.stringify(lost)} does not run`, 'start it yourself first: --start restarts only what runs');
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  throw usage(
    `no container matches ${JSON.stringify(lost)}`,
    names.length === 0 ? 'the hosts have no container' : `there are ${shown}`,
  );
}
