import { createPrompter } from '../../src/cli/prompt.ts';
import { aChange } from './a-plan.ts';

// Asks about two changes on the terminal it runs on; the answers go to stdout and the questions to stderr.
const prompter = createPrompter({
  input: process.stdin,
  output: process.stderr,
  now: () => new Date('2026-11-22T12:00:00Z'),
  colors: true,
});
for (const position of [1, 2]) {
  const answer = await prompter.ask({ change: aChange(), position, count: 2 });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
