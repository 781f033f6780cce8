import type { Known } from '../model/machine.ts';
import type { EngineFacts } from '../model/snapshot.ts';
import { whereElse } from './machine-facts.ts';
import type { ScanSource } from './take-snapshot.ts';

/** What one of enforce's scripts may cost its host. */
export type ShellLimits = Parameters<NonNullable<ScanSource['runScript']>>[1];

interface Report {
  readonly kernel: string | undefined;
  readonly hostName: string | undefined;
  readonly isWhole: boolean;
}

/** Runs a script on an engine's host and reads its output, or says why that is not to be had; it never throws. */
export async function askShell<Value extends Report>(
  runScript: ScanSource['runScript'],
  engine: EngineFacts,
  script: string,
  { parse, ...limits }: ShellLimits & { readonly parse: (output: string) => Value },
): Promise<Known<Value>> {
  if (!runScript) return untold('this way to the engine has no shell on the host; reach it over ssh');
  try {
    const { exitCode, stdout } = await runScript(script, limits);
    const report = parse(stdout);
    if (exitCode !== 0 || !report.isWhole) return untold(`the host's shell could not tell (exit ${exitCode})`);
    const elsewhere = whereElse(report, engine);
    return elsewhere === undefined ? { known: true, value: report } : untold(elsewhere);
  } catch (error) {
    return untold(`the host's shell could not be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function untold(because: string): Known<never> {
  return { known: false, because };
}
