import { Command, CommanderError } from 'commander';
import type { ApplyOptions } from './commands/apply.ts';
import type { HostsOptions } from './commands/hosts.ts';
import type { ObserveOptions } from './commands/observe.ts';
import type { PlanOptions } from './commands/plan.ts';
import type { PruneOptions } from './commands/prune.ts';
import type { RollbackOptions } from './commands/rollback.ts';
import type { ScanOptions } from './commands/scan.ts';
import type { StatusOptions } from './commands/status.ts';
import type { UnlockOptions } from './commands/unlock.ts';
import type { CommonOptions } from './options.ts';
import { EnforceError } from '../model/errors.ts';
import type { ExitCode } from './exit-code.ts';
import {
  collect,
  countOrShare,
  withCarry,
  withHosts,
  withLock,
  withOutput,
  withRules,
  withWindows,
} from './options.ts';
import type { World } from './world.ts';

/**
 * The whole program: arguments in, exit code out. Everything a command needs is loaded when it runs, so that help and
 * errors of usage come at once. This is the one place where errors become words and numbers.
 */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = build(world, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    const { reportFailure } = await import('./report-failure.ts');
    return reportFailure(error, argv, world);
  }
}

function build(world: World, end: (code: ExitCode) => void): Command {
  const program = new Command('enforce')
    .description(
      'Finds privileged host ports and unrestricted capabilities of containers, and fixes them without breaking the service.',
    )
    .version(`0.1.0 (time zones ${process.versions['tz'] ?? 'of the system'})`, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.stdout.write(text), writeErr: (text) => world.stderr.write(text) })
    .showHelpAfterError('(enforce --help, or enforce COMMAND --help)')
    .addHelpText('after', EXIT_CODES);

  withRules(program.command('scan').description('look at the hosts and tell what violates the rules; changes nothing'))
    .option('-o, --output <file>', 'save what was read, to plan from later')
    .option('--exit-zero', 'end with 0 although there are findings', false)
    .option(
      '--incremental',
      'look again only at containers that the engine lists otherwise than a scan of the last 24 h saw',
      false,
    )
    .action(async (options: ScanOptions) => end(await (await import('./commands/scan.ts')).scan(options, world)));

  withCarry(withRules(program.command('plan').description('show how the findings would be fixed; changes nothing')))
    .option('-o, --output <file>', 'save the plan, to apply it later')
    .option('--from <scan.json>', 'plan from a saved scan instead of the hosts')
    .option('--detailed-exitcode', 'end with 2 when there is something to do', false)
    .action(async (options: PlanOptions) => end(await (await import('./commands/plan.ts')).plan(options, world)));

  const fixing = program.command('apply').description('fix the findings, asking for each container');
  withWindows(withLock(withCarry(withRules(fixing))))
    .argument('[plan.json]', 'a saved plan; without it a new one is made')
    .option('-y, --yes', 'do not ask', false)
    .option(
      '--max-changes <number>',
      'do nothing when the plan has more changes than this, or than such a share of the containers (20%)',
      countOrShare,
    )
    .option(
      '--max-failures <number>',
      'start nothing new after so many failures, or such a share of the changes (5%)',
      countOrShare,
    )
    .action(async (file: string | undefined, options: ApplyOptions) =>
      end(await (await import('./commands/apply.ts')).apply(file, options, world)),
    );

  withLock(withHosts(program.command('rollback').description('put the kept containers back')))
    .argument('[run]', 'only the changes of this run; without it, the latest change of each container')
    .option('--container <glob>', 'only containers of this name (repeatable)', collect, [])
    .option('--discard-files', 'also where files that a new container has written would be lost', false)
    .option('-y, --yes', 'do not ask', false)
    .action(async (name: string | undefined, options: RollbackOptions) =>
      end(await (await import('./commands/rollback.ts')).rollback(name, options, world)),
    );

  withLock(withHosts(program.command('prune').description('remove kept containers whose time is over, never volumes')))
    .option('--container <glob>', 'only what containers of this name replaced (repeatable)', collect, [])
    .option('--all', 'also those whose time is not over', false)
    .option('-y, --yes', 'do not ask', false)
    .action(async (options: PruneOptions) => end(await (await import('./commands/prune.ts')).prune(options, world)));

  withHosts(program.command('unlock').description('break the lock that a dead run left on a host'))
    .argument('[lock]', 'its id, as enforce status shows it; needed with --yes while its time is not over')
    .option('-y, --yes', 'do not ask', false)
    .action(async (id: string | undefined, options: UnlockOptions) =>
      end(await (await import('./commands/unlock.ts')).unlock(id, options, world)),
    );

  withHosts(
    program.command('observe').description('learn from the kernel which capabilities containers use; only reads'),
  )
    .argument('<container...>', 'names, globs or ids of containers that run')
    .option('--for <time>', 'how long: 30s, 10m, 24h', '10m')
    .option('--start', 'restart them, to see what they use when they start', false)
    .option('-y, --yes', 'restart without asking', false)
    .option('--save <file>', 'keep what was learned as a profile, or add it to the one that is there')
    .action(async (names: readonly string[], options: ObserveOptions) =>
      end(await (await import('./commands/observe.ts')).observe(names, options, world)),
    );

  withHosts(program.command('status').description('runs, kept containers, and what was left half done or deferred'))
    .option('-p, --playbook <file>', 'also tell when its maintenance windows open')
    .argument('[run]', 'one run in detail')
    .action(async (name: string | undefined, options: StatusOptions) =>
      end(await (await import('./commands/status.ts')).status(name, options, world)),
    );

  withHosts(program.command('hosts').description('the hosts of the inventory, and how they are reached'))
    .option('--check', 'connect to each', false)
    .action(async (options: HostsOptions) => end(await (await import('./commands/hosts.ts')).hosts(options, world)));

  withOutput(program.command('rules').description('the rules, and where the standards have them')).action(
    async (options: CommonOptions) => end((await import('./commands/explain.ts')).rules(options, world)),
  );

  withOutput(program.command('explain').description('why a rule exists, what its fix does and what can break'))
    .argument('<rule>')
    .action(async (rule: string, options: CommonOptions) =>
      end((await import('./commands/explain.ts')).explain(rule, options, world)),
    );

  withOutput(program.command('config').description('the JSON Schema of a file enforce reads'))
    .requiredOption('--schema <name>', 'playbook, exceptions, inventory or profile')
    .action(async (options: { readonly schema: string }) =>
      end((await import('./commands/config.ts')).config(options, world)),
    );

  return program;
}

const EXIT_CODES = `
Exit codes: 0 compliant, all done; 1 could not run, nothing changed; 2 work remains; 3 some were rolled back;
  4 a host was not reached; 5 refused before any change; 6 a container needs a person; 130 interrupted.
Everything but apply, rollback, prune, unlock and observe --start only reads.`;

/** Thrown by commands for input a person must mend before anything runs. */
export function usage(message: string, hint?: string): EnforceError {
  return new EnforceError('usage', message, hint === undefined ? {} : { hint });
}
