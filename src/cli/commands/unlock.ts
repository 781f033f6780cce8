import type { Lock } from '../../apply/lock.ts';
import { secondsLeft } from '../../apply/lock.ts';
import { currentLock } from '../../apply/under-lock.ts';
import type { Host } from '../../model/inventory.ts';
import { errorText } from '../../report/error-text.ts';
import { plainText } from '../../report/plain-text.ts';
import { onEachHost } from '../../transport/fleet.ts';
import type { ExitCode } from '../exit-code.ts';
import { worst } from '../exit-code.ts';
import { failureCode } from '../failure-code.ts';
import type { HostSession } from '../host-session.ts';
import { hostSession } from '../host-session.ts';
import { connectionSettings, readHosts } from '../inputs.ts';
import type { CommonOptions } from '../options.ts';
import { warn } from '../progress-line.ts';
import { requireConsent } from '../require-consent.ts';
import { usage } from '../run.ts';
import { terminalPrompter } from '../terminal-prompter.ts';
import type { World } from '../world.ts';

/** Flags of `enforce unlock`. */
export interface UnlockOptions extends CommonOptions {
  readonly yes: boolean;
}

/**
 * `enforce unlock`: breaks the locks of hosts. One whose time is not over may belong to somebody at work: unattended, it is
 * broken only when it is named by its id.
 */
export async function unlock(id: string | undefined, options: UnlockOptions, world: World): Promise<ExitCode> {
  if (id !== undefined && !/^[0-9a-f]{6,64}$/.test(id))
    throw usage(`${JSON.stringify(id)} is not the id of a lock`, 'enforce status lists the locks with their ids');
  const { hosts, warnings } = await readHosts(options, world);
  warn(warnings, options, world);
  requireConsent('unlock', options, world);
  const ended = await onEachHost(hosts, options.yes ? options.concurrency : 1, (host) =>
    unlockHost(host, id, options, world),
  );
  const told = ended.flatMap((result) => (result.ok ? result.value : []));
  if (told.length === 0 && ended.every(({ ok }) => ok))
    world.stdout.write(id === undefined ? 'No host is locked.\n' : `No host has the lock ${id}.\n`);
  for (const result of ended)
    if (!result.ok)
      world.stderr.write(
        `${plainText(result.host.name, 64)}: ${errorText(result.error, { colors: false, verbose: false })}`,
      );
  return worst([...told, ...ended.flatMap((result) => (result.ok ? [] : [failureCode(result.error)]))]);
}

async function unlockHost(
  host: Host,
  id: string | undefined,
  options: UnlockOptions,
  world: World,
): Promise<readonly ExitCode[]> {
  const session = hostSession(host, connectionSettings(options, world), world.clock);
  try {
    const engine = await session.engine();
    const lock = await currentLock(engine);
    if (!lock || (id !== undefined && !lock.id.startsWith(id))) return [];
    const left = Math.ceil(secondsLeft(lock, await engine.time()));
    const name = `${plainText(host.name, 64)}: lock ${lock.id.slice(0, 12)} of run ${plainText(lock.run, 40)} by ${plainText(lock.operator, 64)}`;
    const state = left > 0 ? `ends by itself in ${left} s at the latest` : 'has run out';
    if (!(await mayBreak(lock, `${name}, ${state}`, left > 0 && id === undefined, options, world))) return [2];
    await remove(lock, session);
    world.stdout.write(`${name}: removed\n`);
    return [0];
  } finally {
    await session.close();
  }
}

async function mayBreak(
  lock: Lock,
  told: string,
  mayBeAlive: boolean,
  options: UnlockOptions,
  world: World,
): Promise<boolean> {
  if (!options.yes) {
    world.stderr.write(`${told}\n`);
    const prompter = terminalPrompter(options, world);
    return (await prompter.confirm('Is the run that took it surely dead? Break its lock?')) === 'yes';
  }
  if (!mayBeAlive) return true;
  world.stderr.write(`${told}: left alone; enforce unlock --yes ${lock.id.slice(0, 12)} breaks it all the same\n`);
  return false;
}

/** By its id, so that the lock of a successor is never broken instead. */
async function remove({ id }: Lock, session: HostSession): Promise<void> {
  await (await session.engine()).run({ kind: 'remove', id });
}
