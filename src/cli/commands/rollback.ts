import { rollBackTarget, rollBackTargets } from '../../apply/roll-back-target.ts';
import type { RollBackTarget } from '../../apply/roll-back-target.ts';
import type { TargetResult } from '../../apply/settle-under-lock.ts';
import { keptContainers, partsOfChanges } from '../../apply/unfinished.ts';
import { matchesGlob } from '../../model/glob.ts';
import type { Host, HostResult } from '../../model/inventory.ts';
import { DEFAULT_PLAYBOOK } from '../../load/default-playbook.ts';
import { outcomeDocument } from '../../report/outcome-document.ts';
import { plainText } from '../../report/plain-text.ts';
import { putBackText } from '../../report/outcome-text.ts';
import { errorText } from '../../report/error-text.ts';
import { jsonLine } from '../../report/json-text.ts';
import { onEachHost } from '../../transport/fleet.ts';
import type { ExitCode } from '../exit-code.ts';
import { worst } from '../exit-code.ts';
import { failureCode } from '../failure-code.ts';
import { hostSession } from '../host-session.ts';
import { hostTools } from '../host-tools.ts';
import { connectionSettings, readHosts } from '../inputs.ts';
import type { CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { startChangeProgress, warn } from '../progress-line.ts';
import { requireConsent } from '../require-consent.ts';
import { startRun } from '../run-record.ts';
import { terminalPrompter } from '../terminal-prompter.ts';
import type { World } from '../world.ts';

/** Flags of `enforce rollback`. */
export interface RollbackOptions extends CommonOptions {
  readonly yes: boolean;
  readonly discardFiles: boolean;
}

interface HostTargets {
  readonly host: Host;
  readonly targets: readonly RollBackTarget[];
  /** All that are kept, by the names they had. */
  readonly kept: readonly string[];
  /** Those that `--container` names and that go back only with another, which it does not. */
  readonly parts: readonly { readonly container: string; readonly leader: string }[];
}

/** `enforce rollback`: puts kept containers back in their place. Nothing but consent is asked of it: no window, no limit. */
export async function rollback(run: string | undefined, options: RollbackOptions, world: World): Promise<ExitCode> {
  const { hosts, warnings } = await readHosts(options, world);
  warn(warnings, options, world);
  requireConsent('roll back', options, world);

  const found = await findTargets(run, hosts, options, world);
  const unread = found.filter((result) => !result.ok);
  for (const { host, error } of unread)
    world.stderr.write(`${host.name}: ${errorText(error, { colors: false, verbose: false })}`);
  const parts = found.flatMap((result) =>
    result.ok ? result.value.parts.map((part) => ({ ...part, host: result.host })) : [],
  );
  for (const { host, container, leader } of parts)
    world.stderr.write(
      `${plainText(host.name, 64)}/${plainText(container, 64)} was changed with ${plainText(leader, 64)} and goes back with it: --container ${plainText(leader, 64)}\n`,
    );
  const jobs = found.flatMap((result) => (result.ok && result.value.targets.length > 0 ? [result.value] : []));
  const count = jobs.reduce((sum, { targets }) => sum + targets.length, 0);
  const missed: ExitCode = unread.length > 0 ? 4 : parts.length > 0 ? 2 : 0;
  if (count === 0) {
    const kept = found.flatMap((result) =>
      result.ok ? result.value.kept.map((name) => `${result.host.name}/${name}`) : [],
    );
    (options.json ? world.stderr : world.stdout).write(nothingText(run, options, kept));
    // Who names what is not there has not got what they asked for.
    return worst([missed, run === undefined && options.container.length === 0 ? 0 : 2]);
  }
  if (!options.yes && !(await agreed(jobs, count, options, world))) return worst([missed, 2]);
  return worst([missed, ...(await rollBackAll(jobs, options, world))]);
}

function nothingText(
  run: string | undefined,
  { container }: Pick<RollbackOptions, 'container'>,
  kept: readonly string[],
): string {
  const what = [...(run === undefined ? [] : [`run ${run}`]), ...container].map((word) => plainText(word, 64));
  const nothing = `Nothing ${what.length === 0 ? '' : `of ${what.join(', ')} `}is kept that could be put back.\n`;
  if (kept.length === 0) return nothing;
  const shown = kept.slice(0, 8).map((name) => plainText(name, 130));
  const names = shown.join(', ') + (kept.length > shown.length ? ', …' : '');
  return `${nothing}Kept are: ${names}. One whose new container was renamed goes back once that has its name again.\n`;
}

async function findTargets(
  run: string | undefined,
  hosts: readonly Host[],
  options: RollbackOptions,
  world: World,
): Promise<readonly HostResult<HostTargets>[]> {
  return await onEachHost(hosts, options.concurrency, async (host) => {
    const session = hostSession(host, connectionSettings(options, world), world.clock);
    try {
      const isNamed = (container: string): boolean =>
        options.container.length === 0 || options.container.some((glob) => matchesGlob(glob, container));
      const targets = await rollBackTargets(run, session);
      const listed = await (await session.engine()).list();
      const parts = partsOfChanges(listed);
      return {
        host,
        kept: keptContainers(listed).map(({ container }) => container),
        targets: targets.filter(({ container }) => isNamed(container)),
        parts: parts.filter(({ container, leader }) => isNamed(container) && !isNamed(leader)),
      };
    } finally {
      await session.close();
    }
  });
}

async function agreed(
  jobs: readonly HostTargets[],
  count: number,
  options: RollbackOptions,
  world: World,
): Promise<boolean> {
  for (const { host, targets } of jobs)
    for (const { container, run } of targets)
      world.stderr.write(`  -/+ ${host.name}/${container}  back to the container kept by run ${run}\n`);
  const prompter = terminalPrompter(options, world);
  return (await prompter.confirm(`Roll back ${count} container${count === 1 ? '' : 's'}?`)) === 'yes';
}

async function rollBackAll(
  jobs: readonly HostTargets[],
  options: RollbackOptions,
  world: World,
): Promise<readonly ExitCode[]> {
  const { health } = DEFAULT_PLAYBOOK;
  world.holdInterrupts();
  const record = startRun('rollback', options, world);
  const progress = startChangeProgress(options, world);
  record.begin();
  const ended = await onEachHost(
    jobs.map(({ host }) => host),
    options.concurrency,
    async (host) => {
      const session = hostSession(host, connectionSettings(options, world), world.clock);
      try {
        const tools = await hostTools(session, record.journal, progress, world, options);
        const results: TargetResult[] = [];
        for (const target of jobs.find((job) => job.host === host)?.targets ?? []) {
          if (world.interrupted.aborted) break;
          const result = await rollBackTarget({ ...target, discardsFiles: options.discardFiles }, health, tools);
          progress.pause();
          const shown = {
            host: host.name,
            container: target.container,
            outcome: result.outcome,
            notes: [`run ${target.run}`],
          };
          world.stdout.write(
            options.json
              ? jsonLine(outcomeDocument(shown, world.clock.timestamp()))
              : putBackText(shown, { colors: usesColors(world.stdout, world, options.color) }),
          );
          progress.resume();
          results.push(result);
        }
        return results;
      } finally {
        await session.close();
      }
    },
  );
  progress.end();
  const codes = ended.flatMap((result): ExitCode[] =>
    result.ok
      ? result.value.map(({ outcome }): ExitCode => codeOf(outcome))
      : [failureCode(result.error) === 5 ? 5 : 6],
  );
  for (const result of ended)
    if (!result.ok)
      world.stderr.write(`${result.host.name}: ${errorText(result.error, { colors: false, verbose: false })}`);
  const code: ExitCode = world.interrupted.aborted ? 130 : worst(codes);
  record.end(code);
  record.close();
  return codes.includes(6) ? [6] : [code];
}

function codeOf(outcome: TargetResult['outcome']): ExitCode {
  if (outcome.result === 'rolled-back') return 0;
  if (outcome.result === 'skipped') return 2;
  return outcome.result === 'deferred' && outcome.locked === true ? 5 : 6;
}
