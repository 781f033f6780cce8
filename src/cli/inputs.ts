import { isAbsolute, join } from 'node:path';
import { readHostList } from '../load/host-list.ts';
import { hostWindows, windowWarnings } from '../load/host-windows.ts';
import { loadInventory } from '../load/inventory.ts';
import { DEFAULT_PLAYBOOK } from '../load/default-playbook.ts';
import { NO_EXCEPTIONS } from '../load/no-exceptions.ts';
import { selectHosts } from '../load/select-hosts.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type { Change } from '../model/plan.ts';
import type { Exceptions, Playbook, Window } from '../model/playbook.ts';
import { isInForce } from '../model/playbook.ts';
import type { Assessment } from '../plan/assess.ts';
import { RULES } from '../rules/index.ts';
import type { ConnectionSettings } from '../transport/connect.ts';
import { withHostsOfRuns } from './hosts-of-run.ts';
import type { LearnedBefore } from './learned.ts';
import { learnedBefore } from './learned.ts';
import type { CarryOption, CommonOptions } from './options.ts';
import { usage } from './run.ts';
import type { World } from './world.ts';

/** What hosts are held against: playbook, exceptions, and what the command line narrows them to. */
export interface RuleInputs {
  readonly playbook: Playbook;
  readonly exceptions: Exceptions;
  readonly assessment: Assessment;
  readonly learned: LearnedBefore;
  /** How files that were written into containers come along (`--carry`). */
  readonly carry: Change['carry'];
  readonly warnings: readonly string[];
}

/** Everything people wrote that a command works from, read and validated before anything connects. */
export interface Inputs extends RuleInputs {
  readonly hosts: readonly Host[];
  /** The maintenance windows of each host, by its name. */
  readonly windows: ReadonlyMap<string, readonly Window[]>;
}

/** Reads inventory, playbook and exceptions; the first thing wrong in any of them ends the command. */
export async function readInputs(options: CommonOptions & CarryOption, world: World): Promise<Inputs> {
  const [{ hosts, warnings, inventory }, rules] = await Promise.all([
    readHosts(options, world),
    readRules(options, world),
  ]);
  const pattern = rules.playbook.hosts;
  const meant = pattern === 'all' ? hosts : selectHosts({ hosts, warnings: [] }, pattern);
  return {
    ...rules,
    assessment: { ...rules.assessment, hosts: options.limit === undefined ? 'all' : 'some' },
    hosts: meant,
    windows: hostWindows(rules.playbook.windows, inventory),
    warnings: [...warnings, ...rules.warnings],
  };
}

/** The same, for commands that try what a container can do without. */
export function seekingSurplus(inputs: Inputs): Inputs {
  return { ...inputs, assessment: { ...inputs.assessment, seeks: 'surplus' } };
}

/** Reads what hosts are held against. */
export async function readRules(
  options: Pick<CommonOptions, 'playbook' | 'exceptions' | 'container' | 'rule' | 'stateDir'> & CarryOption,
  world: World,
): Promise<RuleInputs> {
  const playbook = await readPlaybookFile(options.playbook);
  const { exceptions, expired } = await readExceptionFiles(options.exceptions, world);
  const absent = options.rule.find((rule) => playbook.rules[rule] === undefined);
  if (absent !== undefined)
    throw usage(
      `playbook ${playbook.name} does not enforce ${absent}`,
      `add it under rules, or leave out --rule ${absent}`,
    );
  return {
    playbook,
    exceptions,
    assessment: {
      rules: RULES,
      playbook,
      exceptions: exceptions.exceptions.filter((exception) => isInForce(exception, world.now())),
      containers: options.container,
      only: options.rule,
    },
    learned: await learnedBefore(playbook, stateFolder(options, world)),
    carry: options.carry ?? 'none',
    warnings: [...expired, ...windowWarnings(playbook.windows)],
  };
}

/** The playbook of a file, or the built-in one. What reads a file is loaded only where there is one: it takes longer than reaching a host. */
export async function readPlaybookFile(file: string | undefined): Promise<Playbook> {
  if (file === undefined) return DEFAULT_PLAYBOOK;
  const { loadPlaybook } = await import('../load/playbook.ts');
  return await loadPlaybook(file);
}

async function readExceptionFiles(
  files: readonly string[],
  world: World,
): Promise<{ readonly exceptions: Exceptions; readonly expired: readonly string[] }> {
  if (files.length === 0) return { exceptions: NO_EXCEPTIONS, expired: [] };
  const { expiredExceptions, loadExceptions } = await import('../load/exceptions.ts');
  const exceptions = await loadExceptions(files);
  return { exceptions, expired: expiredExceptions(exceptions, world.now()) };
}

/** The hosts of the inventory that `--limit` selects. */
export async function readHosts(
  options: Pick<CommonOptions, 'inventory' | 'limit' | 'stateDir'>,
  world: World,
): Promise<SelectedHosts> {
  const inventory = await loadInventory(options.inventory, world);
  const { warnings } = inventory;
  if (options.limit === undefined) return { hosts: selectHosts(inventory, undefined), warnings, inventory };
  const limit = await readHostList(withHostsOfRuns(options.limit, stateFolder(options, world)), world);
  return { hosts: selectHosts(inventory, limit), warnings, inventory };
}

/** The hosts a command is about, and the inventory they are of. */
export interface SelectedHosts {
  readonly hosts: readonly Host[];
  readonly warnings: readonly string[];
  readonly inventory: Inventory;
}

/** How hosts are connected to from here. */
export function connectionSettings(
  { timeout }: Pick<CommonOptions, 'timeout'>,
  { homeFolder, userName, environment }: World,
): ConnectionSettings {
  return {
    homeFolder,
    userName,
    sshAgentSocket: environment['SSH_AUTH_SOCK'],
    deadlineMilliseconds: timeout * 1000,
    keepaliveMilliseconds: 10_000,
    signal: new AbortController().signal,
  };
}

/** The folder of runs and journals (XDG base directories). */
export function stateFolder(
  { stateDir }: Pick<CommonOptions, 'stateDir'>,
  { environment, homeFolder, workingFolder }: World,
): string {
  const given = stateDir ?? environment['ENFORCE_STATE_DIR'];
  if (given !== undefined) return isAbsolute(given) ? given : join(workingFolder, given);
  return join(environment['XDG_STATE_HOME'] ?? join(homeFolder, '.local', 'state'), 'enforce');
}
