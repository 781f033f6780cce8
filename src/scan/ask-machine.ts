import type { ContainerSummary } from '../engine/engine.ts';
import type { Known } from '../model/machine.ts';
import { withoutSecrets } from '../model/without-secrets.ts';
import type { MachineQuestion } from './machine-script.ts';
import { machineScript } from './machine-script.ts';
import type { ScanSource } from './take-snapshot.ts';

/** Asks a host's own kernel, through its shell; what it says is text yet, and why not where it says nothing. */
export async function askMachine(
  { runScript }: Pick<ScanSource, 'runScript'>,
  questions: readonly MachineQuestion[],
): Promise<Known<string>> {
  if (!runScript) {
    return { known: false, because: 'this way to the engine has no shell on the host; reach it over ssh' };
  }
  try {
    const { exitCode, stdout, stderr } = await runScript(machineScript(questions), SCRIPT_LIMITS);
    if (exitCode === 0) return { known: true, value: stdout };
    return { known: false, because: `the host's shell could not tell (exit ${exitCode}): ${firstLine(stderr)}` };
  } catch (error) {
    return {
      known: false,
      because: `the host's shell could not be used: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

const SCRIPT_LIMITS = { deadlineMilliseconds: 20_000, maximumBytes: 8 * 1024 * 1024 };

/** Whether a container is in the host's own network, or may become so with it: only then do the host's sockets matter. */
export function isOnHostNetwork({ networkMode }: ContainerSummary): boolean {
  return networkMode === 'host';
}

function firstLine(text: string): string {
  const [line = ''] = withoutSecrets(text).trim().split('\n');
  return line === '' ? 'no reason given' : line;
}
