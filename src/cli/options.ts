import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { RuleId } from '../model/finding.ts';

/** The flags every command that reads hosts has, as commander hands them over. */
export interface CommonOptions {
  readonly inventory: readonly string[];
  readonly playbook?: string;
  readonly exceptions: readonly string[];
  readonly limit?: string;
  readonly container: readonly string[];
  readonly rule: readonly RuleId[];
  readonly concurrency: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: number;
  readonly color: boolean;
  readonly input: boolean;
  readonly stateDir?: string;
  readonly timeout: number;
  /** Seconds. */
  readonly lockTimeout: number;
}

/** Names the rules that `--rule` takes; kept here so that help needs no rule to be loaded. */
const RULE_NAMES: readonly RuleId[] = [
  'privileged-host-port',
  'linux-capabilities',
  'host-network-privileged-listener',
];

/** Adds the flags that say which hosts are read, and how. */
export function withHosts(command: Command): Command {
  return withOutput(command)
    .option(
      '-i, --inventory <source>',
      'inventory file or directory, host1,host2, or a DOCKER_HOST value (repeatable; default: the engine docker itself would use)',
      collect,
      [],
    )
    .option(
      '-l, --limit <pattern>',
      'only these hosts: names, groups, globs, web:&prod:!canary, @FILE, or of an earlier run @RUN:failed, @RUN:unreachable, @RUN:left (@last:…)',
    )
    .option('-c, --concurrency <number>', 'hosts worked on at once', wholeNumber, 25)
    .option('--timeout <seconds>', 'longest time to reach a host', wholeNumber, 20);
}

/** Adds the flag of commands that change hosts. */
export function withLock(command: Command): Command {
  return command.option(
    '--lock-timeout <seconds>',
    'longest wait for another run that is changing a host (default: none)',
    seconds,
    0,
  );
}

/** Reads a whole number of seconds, none included. */
function seconds(value: string): number {
  return value === '0' ? 0 : wholeNumber(value);
}

/** Adds the flags that say what is looked for. */
export function withRules(command: Command): Command {
  return withHosts(command)
    .option('-p, --playbook <file>', 'which rules, with which settings (default: both rules of the mission)')
    .option('-e, --exceptions <file>', 'accepted findings (repeatable)', collect, [])
    .option('--container <glob>', 'only containers of this name (repeatable)', collect, [])
    .addOption(
      new Option('--rule <name>', 'only this rule (repeatable)').choices(RULE_NAMES).argParser(collectRule).default([]),
    );
}

/** Adds the flags about maintenance windows. */
export function withWindows(command: Command): Command {
  return command
    .option('--wait-window [time]', 'wait for a maintenance window to open, at most so long: 10m, 6h')
    .option('--ignore-window', 'start changes outside maintenance windows too; needs --reason', false)
    .option('--reason <text>', 'why they are ignored, for the journal');
}

/** The flag of commands that make a plan. */
export interface CarryOption {
  readonly carry?: 'copy' | 'commit';
}

/** Adds it. */
export function withCarry(command: Command): Command {
  return command.addOption(
    new Option(
      '--carry <how>',
      'bring files along that were written into a container: copy them, or commit the container to an image (default: they block its change)',
    ).choices(['copy', 'commit'] satisfies CarryOption['carry'][]),
  );
}

/** Adds the flags about output that every command has. */
export function withOutput(command: Command): Command {
  return command
    .option('--json', 'machine-readable output on standard output', false)
    .option('-q, --quiet', 'results only', false)
    .option('-v, --verbose', 'say more; -vv for debugging', (_value, count: number) => count + 1, 0)
    .option('--no-color', 'no colours')
    .option('--no-input', 'never ask')
    .option('--state-dir <folder>', 'where runs and their journals are kept (default: $XDG_STATE_HOME/enforce)');
}

/** Gathers the values of a flag that may be repeated. */
export function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}

function collectRule(value: string, all: readonly string[]): readonly string[] {
  if (!(RULE_NAMES as readonly string[]).includes(value))
    throw new InvalidArgumentError(`Known rules: ${RULE_NAMES.join(', ')}.`);
  return [...all, value];
}

/** Reads a positive whole number from the command line. */
function wholeNumber(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > 100_000)
    throw new InvalidArgumentError('A positive whole number is expected.');
  return number;
}

/** Reads a positive whole number or a share such as `25%` from the command line. */
export function countOrShare(value: string): number | `${number}%` {
  if (/^(?:[1-9]\d?|100)%$/.test(value)) return value as `${number}%`;
  if (value.endsWith('%')) throw new InvalidArgumentError('A share from 1% to 100% is expected.');
  return wholeNumber(value);
}
