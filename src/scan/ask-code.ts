import type { EngineFacts } from '../model/snapshot.ts';
import { askShell } from './ask-shell.ts';
import type { CodeQuestion } from './code-script.ts';
import { codeScript } from './code-script.ts';
import type { ScanSource } from './take-snapshot.ts';
import { reportHead } from './report-head.ts';

/** Whether the code that each process runs names chroot, by its number; nothing of a process whose code cannot be told. */
export async function askCode(
  { runScript, facts }: { readonly runScript: ScanSource['runScript']; readonly facts: EngineFacts },
  question: CodeQuestion,
): Promise<ReadonlyMap<number, boolean>> {
  const answer = await askShell(runScript, facts, codeScript(question), { ...LIMITS, parse: parseCode });
  return answer.known ? answer.value.names : new Map();
}

/** A program may be large and its disk slow; without an answer the plan keeps one capability more. */
const LIMITS = { deadlineMilliseconds: 15_000, maximumBytes: 1024 * 1024 };

/** Reads the output of the code script; lines it does not know are left out. */
export function parseCode(text: string) {
  const lines = text.split('\n');
  const pidsAfter = (word: string): ReadonlySet<number> =>
    new Set(lines.flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.slice(word.length + 1))] : [])));
  const [linked, mapped, loud] = [pidsAfter('linked'), pidsAfter('mapped'), pidsAfter('loud')];
  const told = lines.includes('many') ? [] : [...mapped].filter((pid) => linked.has(pid));
  return {
    ...reportHead(lines),
    names: new Map(told.map((pid) => [pid, loud.has(pid)])),
  };
}
