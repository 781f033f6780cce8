import { parseDuration } from '../../load/duration.ts';
import { EnforceError } from '../../model/errors.ts';
import type { LearnedProfile } from '../../model/learned.ts';
import type { Host, HostResult } from '../../model/inventory.ts';
import { errorText } from '../../report/error-text.ts';
import { jsonText } from '../../report/json-text.ts';
import { observationsDocument } from '../../report/observation-document.ts';
import type { ObservedHost } from '../../report/observation-document.ts';
import { observationText } from '../../report/observation-text.ts';
import { plainText } from '../../report/plain-text.ts';
import { onEachHost } from '../../transport/fleet.ts';
import type { ExitCode } from '../exit-code.ts';
import { connectionSettings, readHosts, stateFolder } from '../inputs.ts';
import { hostSession } from '../host-session.ts';
import type { HostSession } from '../host-session.ts';
import { chosenContainers, requireChosen } from '../observable-containers.ts';
import type { ChosenContainers } from '../observable-containers.ts';
import { observeHost } from '../observe-host.ts';
import type { CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { warn } from '../progress-line.ts';
import { requireConsent } from '../require-consent.ts';
import { usage } from '../run.ts';
import { saveObservations } from '../save-observations.ts';
import { profileIn, profilesLearned, requireSavable, saveProfiles } from '../save-profile.ts';
import { terminalPrompter } from '../terminal-prompter.ts';
import type { World } from '../world.ts';

/** Flags of `enforce observe`. */
export interface ObserveOptions extends CommonOptions {
  readonly for: string;
  readonly start: boolean;
  readonly yes: boolean;
  /** File of a profile. */
  readonly save?: string;
}

const LONGEST_SECONDS = 7 * 86_400;

interface OpenHost {
  readonly session: HostSession;
  readonly chosen: ChosenContainers;
}

/** `enforce observe`: watches containers through the kernel's own events. Writes to no host, but where it may restart them. */
export async function observe(names: readonly string[], options: ObserveOptions, world: World): Promise<ExitCode> {
  const seconds = parseDuration(options.for);
  if (seconds === undefined || seconds < 1 || seconds > LONGEST_SECONDS)
    throw usage(`--for ${JSON.stringify(options.for)} is no length of time from 1s to 7d`, 'as in --for 10m');
  const { hosts, warnings } = await readHosts(options, world);
  warn(warnings, options, world);
  // A file that cannot be added to is better known before hours of watching.
  if (options.save !== undefined) await profileIn(options.save);
  if (options.start) requireConsent('restart the containers', options, world);

  const opened = await onEachHost(hosts, options.concurrency, (host) => openHost(host, names, options, world));
  const ready = opened.flatMap((result) => (result.ok ? [result.value] : []));
  try {
    requireChosen(
      names,
      ready.map(({ chosen }) => chosen),
      opened.length > ready.length,
    );
    warn(
      ready.flatMap(({ chosen: { host, stopped } }) =>
        stopped.map((name) => `${plainText(name, 64)} on ${plainText(host, 64)} does not run and is not watched`),
      ),
      options,
      world,
    );
    if (options.save !== undefined)
      await requireSavable(
        options.save,
        ready.map(({ session, chosen: { containers } }) => ({ session, containers })),
        world,
      );
    if (options.start && !options.yes && !(await agreed(ready, options, world))) return 2;
    return await observeAll(opened, seconds, options, world);
  } finally {
    await Promise.all(ready.map(({ session }) => session.close()));
  }
}

async function openHost(
  host: Host,
  names: readonly string[],
  options: ObserveOptions,
  world: World,
): Promise<OpenHost> {
  const session = hostSession(host, connectionSettings(options, world), world.clock);
  try {
    return { session, chosen: await chosenContainers(host.name, names, await session.engine(), options.start) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function agreed(hosts: readonly OpenHost[], options: ObserveOptions, world: World): Promise<boolean> {
  const chosen = hosts.flatMap(({ chosen: { host, containers } }) => containers.map(({ name }) => ({ host, name })));
  for (const { host, name } of chosen)
    world.stderr.write(`  ↻ ${plainText(host, 64)}/${plainText(name, 64)}  restarted, to be watched from its start\n`);
  const question = `Restart ${chosen.length} container${chosen.length === 1 ? '' : 's'}?`;
  return (await terminalPrompter(options, world).confirm(question)) === 'yes';
}

async function observeAll(
  opened: readonly HostResult<OpenHost>[],
  seconds: number,
  options: ObserveOptions,
  world: World,
): Promise<ExitCode> {
  world.holdInterrupts('what was seen so far is kept, and what was made on the hosts is removed');
  const ready = new Map(opened.flatMap((result) => (result.ok ? [[result.host, result.value] as const] : [])));
  const stuck: string[] = [];
  const broken: { readonly host: Host; readonly error: Error }[] = [];
  const unsaved: string[] = [];
  const profiles: LearnedProfile[] = [];
  const ended = await onEachHost([...ready.keys()], options.concurrency, async (host): Promise<ObservedHost> => {
    const open = ready.get(host);
    if (!open || open.chosen.containers.length === 0) return { host: host.name, observations: [] };
    const { session, chosen } = open;
    const { observations, notWatched, brokenOff } = await observeHost(
      session,
      chosen,
      seconds,
      options,
      world,
      (name) => stuck.push(name),
    );
    for (const { container, error } of notWatched) {
      world.stderr.write(`${plainText(host.name, 64)}/${plainText(container, 64)} was not watched\n`);
      broken.push({ host, error });
    }
    if (brokenOff) broken.push({ host, error: brokenOff });
    try {
      await saveObservations(host.name, chosen.engineId, observations, options, world);
      if (options.save !== undefined)
        profiles.push(...(await profilesLearned(observations, session, stateFolder(options, world), world)));
    } catch (error) {
      // What took hours to see is told all the same.
      unsaved.push(host.name);
      world.stderr.write(
        `${plainText(host.name, 64)}: ${errorText(error as Error, { colors: false, verbose: false })}`,
      );
    }
    return { host: host.name, observations };
  });
  const failed = [...broken, ...[...opened, ...ended].flatMap((result) => (result.ok ? [] : [result]))];
  for (const { host, error } of failed)
    world.stderr.write(`${plainText(host.name, 64)}: ${errorText(error, { colors: false, verbose: false })}`);
  const seen = ended.flatMap((result) => (result.ok ? [result.value] : []));
  const unread = failed.map(({ host, error }) => ({ host: host.name, because: error.message }));
  world.stdout.write(
    options.json
      ? jsonText(observationsDocument(seen, unread, world.now().toISOString()))
      : observationText(seen, { colors: usesColors(world.stdout, world, options.color) }),
  );
  if (options.save !== undefined) await saveProfiles(options.save, profiles);
  const count = seen.reduce((sum, { observations }) => sum + observations.length, 0);
  if (count > 0 && unsaved.length === 0 && !options.quiet)
    world.stderr.write('Kept for the plans of this machine: enforce plan uses it.\n');
  if (stuck.length > 0) return 6;
  if (world.interrupted.aborted) return 130;
  if (failed.length === 0) return unsaved.length > 0 ? 1 : 0;
  // That a host's kernel cannot be asked is no matter of reaching it.
  return count === 0 && failed.every(({ error }) => isOfUse(error)) ? 1 : 4;
}

function isOfUse(error: Error): boolean {
  return error instanceof EnforceError && ['usage', 'permission', 'not-docker'].includes(error.code);
}
