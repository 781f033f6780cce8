import { findingsDocument, unreadHost } from '../../report/findings-document.ts';
import { findingsText } from '../../report/findings-text.ts';
import { jsonText } from '../../report/json-text.ts';
import { snapshotsDocument } from '../../report/snapshots-document.ts';
import type { HostResult } from '../../model/inventory.ts';
import type { AssessedHost } from '../../plan/build-plan.ts';
import type { ExitCode } from '../exit-code.ts';
import { worst } from '../exit-code.ts';
import { readInputs } from '../inputs.ts';
import type { CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { startProgress, warn } from '../progress-line.ts';
import { openFindings } from '../read-host.ts';
import { readingOf } from '../reading-of.ts';
import { requireContainers } from '../require-containers.ts';
import { saveFile } from '../save-file.ts';
import { scanFleet } from '../scan-fleet.ts';
import type { World } from '../world.ts';

/** Flags of `enforce scan`. */
export interface ScanOptions extends CommonOptions {
  readonly output?: string;
  readonly exitZero: boolean;
}

/** `enforce scan`: what violates the rules. Only reads. */
export async function scan(options: ScanOptions, world: World): Promise<ExitCode> {
  const inputs = await readInputs(options, world);
  warn(inputs.warnings, options, world);
  const progress = startProgress(options, world);
  const results = await scanFleet(inputs, options.output === undefined ? 'rules' : 'plan', options, progress, world);
  progress.end();
  requireContainers(options.container, results.map(readingOf));

  if (options.output !== undefined) saveFile(options.output, jsonText(savedScan(results, world.now().toISOString())));
  const text = options.json
    ? jsonText(findingsDocument(results, world.now().toISOString()))
    : findingsText(results, { colors: usesColors(world.stdout, world, options.color) });
  world.stdout.write(text);
  if (world.interrupted.aborted) return 130;
  return exitCode(results, options.exitZero);
}

function savedScan(results: readonly HostResult<AssessedHost>[], at: string): ReturnType<typeof snapshotsDocument> {
  return snapshotsDocument(
    results.flatMap((result) => (result.ok ? [result.value.snapshot] : [])),
    results.flatMap((result) => (result.ok ? [] : [unreadHost(result.host, result.error)])),
    at,
  );
}

function exitCode(results: readonly HostResult<AssessedHost>[], exitZero: boolean): ExitCode {
  const found = results.some((result) => result.ok && openFindings(result.value.findings).length > 0);
  return worst([found && !exitZero ? 2 : 0, results.every(({ ok }) => ok) ? 0 : 4]);
}
