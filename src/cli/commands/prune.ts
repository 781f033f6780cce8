import type { Pruned } from '../../apply/prune-host.ts';
import { pruneHost } from '../../apply/prune-host.ts';
import type { KeptContainer } from '../../apply/unfinished.ts';
import { keptContainers } from '../../apply/unfinished.ts';
import { matchesGlob } from '../../model/glob.ts';
import type { Host } from '../../model/inventory.ts';
import { errorText } from '../../report/error-text.ts';
import { jsonLine } from '../../report/json-text.ts';
import { plainText } from '../../report/plain-text.ts';
import { onEachHost } from '../../transport/fleet.ts';
import type { ExitCode } from '../exit-code.ts';
import { worst } from '../exit-code.ts';
import { failureCode } from '../failure-code.ts';
import { hostSession } from '../host-session.ts';
import { hostTools } from '../host-tools.ts';
import { connectionSettings, readHosts } from '../inputs.ts';
import type { CommonOptions } from '../options.ts';
import { startChangeProgress, warn } from '../progress-line.ts';
import { requireConsent } from '../require-consent.ts';
import { startRun } from '../run-record.ts';
import { terminalPrompter } from '../terminal-prompter.ts';
import type { World } from '../world.ts';

/** Flags of `enforce prune`. */
export interface PruneOptions extends CommonOptions {
  readonly yes: boolean;
  /** Also those whose time is not over. */
  readonly all: boolean;
}

interface HostKept {
  readonly host: Host;
  readonly kept: readonly KeptContainer[];
}

/** `enforce prune`: removes kept containers whose time is over. Volumes are never removed. */
export async function prune(options: PruneOptions, world: World): Promise<ExitCode> {
  const { hosts, warnings } = await readHosts(options, world);
  warn(warnings, options, world);
  requireConsent('prune', options, world);

  const found = await onEachHost(hosts, options.concurrency, (host) => keptOn(host, options, world));
  const codes: ExitCode[] = [];
  for (const result of found) {
    if (result.ok) continue;
    codes.push(4);
    tellFailure(result.host, result.error, world);
  }
  const jobs = found.flatMap((result) => (result.ok && result.value.kept.length > 0 ? [result.value] : []));
  const count = jobs.reduce((sum, { kept }) => sum + kept.length, 0);
  if (count === 0) {
    (options.json ? world.stderr : world.stdout).write(nothingText(options));
    return worst(codes);
  }
  if (!options.yes && !(await agreed(jobs, count, options, world))) return worst([...codes, 2]);
  return worst([...codes, ...(await pruneAll(jobs, options, world))]);
}

function nothingText({ all, container }: PruneOptions): string {
  const what = container.length === 0 ? '' : `of ${container.map((glob) => plainText(glob, 64)).join(', ')} `;
  return `Nothing ${what}is kept${all ? '' : ' longer than it was to be'}.\n`;
}

async function keptOn(host: Host, options: PruneOptions, world: World): Promise<HostKept> {
  const session = hostSession(host, connectionSettings(options, world), world.clock);
  try {
    const kept = keptContainers(await (await session.engine()).list());
    const isOver = ({ until }: KeptContainer): boolean =>
      options.all || (until !== null && Date.parse(until) <= world.now().getTime());
    const isChosen = ({ container }: KeptContainer): boolean =>
      options.container.length === 0 || options.container.some((glob) => matchesGlob(glob, container));
    return { host, kept: kept.filter((one) => isOver(one) && isChosen(one)) };
  } finally {
    await session.close();
  }
}

async function agreed(jobs: readonly HostKept[], count: number, options: PruneOptions, world: World): Promise<boolean> {
  for (const { host, kept } of jobs)
    for (const { keptName, run, until } of kept)
      world.stderr.write(
        `  - ${plainText(host.name, 64)}/${plainText(keptName, 120)}  of run ${run}, to be kept until ${plainText(until ?? '?', 40)}\n`,
      );
  const prompter = terminalPrompter(options, world);
  const question = `Remove ${count} kept container${count === 1 ? '' : 's'} for good?`;
  return (await prompter.confirm(question)) === 'yes';
}

async function pruneAll(jobs: readonly HostKept[], options: PruneOptions, world: World): Promise<readonly ExitCode[]> {
  world.holdInterrupts();
  const record = startRun('prune', options, world);
  const progress = startChangeProgress(options, world);
  record.begin();
  const ended = await onEachHost(
    jobs.map(({ host }) => host),
    options.concurrency,
    async (host) => {
      const session = hostSession(host, connectionSettings(options, world), world.clock);
      try {
        const tools = await hostTools(session, record.journal, progress, world, options);
        const kept = jobs.find((job) => job.host === host)?.kept ?? [];
        const results = await pruneHost(kept, tools);
        progress.pause();
        for (const result of results) tell(host, result, options, world);
        progress.resume();
        return results;
      } finally {
        await session.close();
      }
    },
    world.interrupted,
  );
  progress.end();
  const codes = ended.flatMap((result): ExitCode[] => {
    if (result.ok) return result.value.map((pruned): ExitCode => (pruned.result === 'removed' ? 0 : 2));
    tellFailure(result.host, result.error, world);
    return [failureCode(result.error)];
  });
  const code: ExitCode = world.interrupted.aborted ? 130 : worst(codes);
  record.end(code);
  record.close();
  return [code];
}

function tell(host: Host, { kept, result, because }: Pruned, { json }: PruneOptions, world: World): void {
  const { container, keptName, run } = kept;
  world.stdout.write(
    json
      ? jsonLine({
          type: 'pruned',
          at: world.clock.timestamp(),
          host: host.name,
          container,
          name: keptName,
          run,
          result,
          ...(because === undefined ? {} : { because }),
        })
      : `  ${result === 'removed' ? '✓' : '·'} ${plainText(host.name, 64)}/${plainText(keptName, 120)}  ${result}${because === undefined ? '' : `: ${plainText(because, 300)}`}\n`,
  );
}

function tellFailure({ name }: Host, error: Error, world: World): void {
  world.stderr.write(`${plainText(name, 64)}: ${errorText(error, { colors: false, verbose: false })}`);
}
