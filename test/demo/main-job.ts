import { spawn } from 'node:child_process';
import { PINNED, pinRecorder, writeFiles } from './files.ts';
import type { Setting } from './setting.ts';

/** One command of the demo, what it shows, and how it has to end. */
interface Step {
  readonly shows: string;
  readonly words: readonly string[];
  readonly endsWith: readonly number[];
  /** It is left out where the one before ended otherwise. */
  readonly onlyAfter?: number;
  readonly before?: () => Promise<void>;
}

/** Runs the main job as a person would: the same program, the same files, one command after the other. */
export async function mainJob(
  setting: Setting,
  program: string,
  isInterrupted: () => boolean,
): Promise<{ readonly wentWell: boolean }> {
  await writeFiles(setting.folder);
  console.log(`\n${setting.opening}`);
  let wentWell = true;
  let exitCode: number | null = 0;
  for (const { shows, words, endsWith, onlyAfter, before } of steps(setting)) {
    if (isInterrupted()) break;
    if (onlyAfter !== undefined && onlyAfter !== exitCode) continue;
    await before?.();
    console.log(`\n# ${shows}\n$ enforce ${words.map(quoted).join(' ')}`);
    exitCode = await runEnforce(setting, program, words);
    if (isInterrupted()) break;
    if (exitCode !== null && endsWith.includes(exitCode)) continue;
    wentWell = false;
    const wanted = endsWith.join(' or ');
    console.log(`enforce ${words[0] ?? ''} ended with ${exitCode ?? 'a signal'}; it should have ended with ${wanted}`);
  }
  return { wentWell };
}

function steps({ folder, hostWords, ruleWords, rollbackWords }: Setting): readonly Step[] {
  const rules = [...hostWords, ...ruleWords, '-p', 'playbook.yml', '-e', 'exceptions.yml'];
  const apply = ['apply', ...rules, '--yes'];
  const pin = async (): Promise<void> => {
    console.log(`\n# The recorder's log says why: it makes device files. That is pinned in playbook.yml:`);
    console.log(['  linux-capabilities:', ...PINNED].join('\n'));
    await pinRecorder(folder);
  };
  return [
    { shows: 'What violates the rules? Reads only.', words: ['scan', ...rules], endsWith: [2] },
    { shows: 'How would it be fixed? Reads only, too.', words: ['plan', ...rules], endsWith: [0] },
    {
      shows: 'Fix it. One service lacks what nobody knew of: the kernel tells what, or it is put back by itself.',
      words: apply,
      endsWith: [0, 3],
    },
    { shows: 'The same again, for what is left.', words: apply, endsWith: [0], onlyAfter: 3, before: pin },
    { shows: 'Nothing is left to do.', words: ['plan', ...rules, '--detailed-exitcode'], endsWith: [0] },
    { shows: 'Put one of them back as it was.', words: ['rollback', ...rollbackWords, '--yes'], endsWith: [0] },
    { shows: 'What happened, and what is kept.', words: ['status', ...hostWords], endsWith: [0] },
  ];
}

/** Standard input is closed on purpose: nothing in the demo asks, and nothing may wait for an answer. */
function runEnforce(
  { folder, environment }: Setting,
  program: string,
  words: readonly string[],
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      env: { ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode));
  });
}

function quoted(word: string): string {
  return /^[\w./:@=+-]+$/.test(word) ? word : `'${word}'`;
}
