import { resumeHost } from '../apply/apply-host.ts';
import { EnforceError } from '../model/errors.ts';
import type { Journal } from '../model/journal.ts';
import { errorText } from '../report/error-text.ts';
import { outcomeText } from '../report/outcome-text.ts';
import { onEachHost } from '../transport/fleet.ts';
import type { ExitCode } from './exit-code.ts';
import { exitCodeOf } from './exit-code.ts';
import { hostSession } from './host-session.ts';
import { hostTools } from './host-tools.ts';
import type { Inputs } from './inputs.ts';
import { connectionSettings } from './inputs.ts';
import type { CommonOptions } from './options.ts';
import { usesColors } from './output.ts';
import { startChangeProgress } from './progress-line.ts';
import type { UnfinishedRun } from './unfinished-run.ts';
import type { World } from './world.ts';

/** How that ended, and which changes were finished by it. */
export interface Resumed {
  readonly codes: readonly ExitCode[];
  readonly made: UnfinishedRun['made'];
}

/** Finishes or undoes, on every host, what an interrupted run left. A host that cannot be reached is told of by the scan that follows. */
export async function resumeFleet(
  journal: Journal,
  inputs: Inputs,
  options: CommonOptions,
  world: World,
): Promise<Resumed> {
  const progress = startChangeProgress(options, world);
  const settings = connectionSettings(options, world);
  const results = await onEachHost(
    inputs.hosts,
    options.concurrency,
    async (host) => {
      const session = hostSession(host, settings, world.clock);
      try {
        const tools = await hostTools(session, journal, progress, world, options);
        const ended = tools.facts.kind === 'docker' ? await resumeHost({ gate: inputs.playbook.health }, tools) : [];
        progress.pause();
        for (const { target, outcome } of ended)
          world.stderr.write(
            outcomeText(
              { host: host.name, container: target.container, outcome, notes: [`begun by run ${target.run}`] },
              { colors: usesColors(world.stderr, world, options.color) },
            ),
          );
        progress.resume();
        return ended;
      } finally {
        await session.close();
      }
    },
    world.interrupted,
  );
  progress.end();
  const codes = results.flatMap((result): readonly ExitCode[] => {
    if (result.ok) return result.value.map(({ outcome }) => exitCodeOf(outcome));
    if (!(result.error instanceof EnforceError)) return [];
    if (result.error.code === 'journal') throw result.error;
    if (result.error.code !== 'locked') return [];
    world.stderr.write(`${result.host.name}: ${errorText(result.error, { colors: false, verbose: false })}`);
    return [5];
  });
  const made = results.flatMap(({ host, ...result }) =>
    result.ok
      ? result.value
          .filter(({ outcome }) => outcome.result === 'applied')
          .map(({ target }) => ({ host: host.name, container: target.container }))
      : [],
  );
  return { codes, made };
}
