import type { Change } from '../model/plan.ts';
import { changeText } from '../report/change-text.ts';
import { plainText } from '../report/plain-text.ts';
import type { GroupAnswer, GroupQuestion } from './group-prompt.ts';
import { askGroup } from './group-prompt.ts';
import { createLinePrompt } from './line-prompt.ts';
import type { LinePrompt, PromptStreams } from './line-prompt.ts';

/** Asks the person at the terminal. */
export interface Prompter {
  /** Whether to make one change. */
  ask(question: ChangeQuestion): Promise<Answer>;
  /** Whether to make a change that is the same on several hosts. */
  askGroup(question: GroupQuestion): Promise<GroupAnswer>;
  /** Whether to go on; anything but a plain yes is a no. */
  confirm(question: string): Promise<'yes' | 'no' | 'interrupted'>;
}

/** What is asked: whether to make this change. */
export interface ChangeQuestion {
  readonly change: Change;
  /** Which of how many changes this is, from 1. */
  readonly position: number;
  readonly count: number;
}

/** `all` and `none` are about the rest of this host's changes, this one included. */
export type Answer = 'yes' | 'no' | 'all' | 'none' | 'quit' | 'interrupted' | WrittenException;

/** The exception to write instead of making the change. */
export interface WrittenException {
  readonly kind: 'except';
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`. */
  readonly expires: string;
  readonly ticket?: string;
}

/** What a prompter needs of the world. */
export interface PrompterOptions extends PromptStreams {
  readonly now: () => Date;
  readonly colors: boolean;
  /** Proposed as the owner of an exception. */
  readonly operator?: string;
}

/** Whether there is someone to ask: both ends must be a terminal, for a piped `y` is not an answer. */
export function canPrompt(input: { readonly isTTY?: boolean }, output: { readonly isTTY?: boolean }): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** A prompter with the keys of `git add -p`, one question at a time whoever asks. Ask `canPrompt` first. */
export function createPrompter(options: PrompterOptions): Prompter {
  const prompt = createLinePrompt(options);
  // Two open questions would both take the same key, so a `y` for one host would approve another's change.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    ask: (question) => inTurn(() => askChange(question, prompt, options)),
    askGroup: (question) => inTurn(() => askGroup(question, prompt, options)),
    confirm: (question) => inTurn(() => askPlainly(question, prompt)),
  };
}

async function askPlainly(question: string, prompt: LinePrompt): Promise<'yes' | 'no' | 'interrupted'> {
  const line = await prompt({ prefix: '', message: `${plainText(question)} [y/N]`, check: isYesOrNo, wrong: 'goes' });
  if (line.kind === 'ended') return line.by === 'quit' ? 'no' : 'interrupted';
  return /^y(es)?$/i.test(line.text.trim()) ? 'yes' : 'no';
}

async function askChange(question: ChangeQuestion, prompt: LinePrompt, options: PrompterOptions): Promise<Answer> {
  const { change, position, count } = question;
  const name = `${plainText(change.host, 64)}/${plainText(change.container, 64)}`;
  options.output.write(changeText(change, { colors: options.colors, verbose: false }));
  for (;;) {
    const line = await prompt({
      prefix: `(${position}/${count})`,
      message: `Apply this change to ${name}? [y,n,v,a,d,w,q,?]`,
      check: isKey,
      wrong: 'goes',
    });
    if (line.kind === 'ended') return line.by;
    switch (line.text.trim().toLowerCase()) {
      case 'y':
        return 'yes';
      case 'n':
        return 'no';
      case 'a':
        return 'all';
      case 'd':
        return 'none';
      case 'q':
        return 'quit';
      case 'v':
        options.output.write(changeText(change, { colors: options.colors, verbose: true }));
        break;
      case 'w':
        return askException(prompt, options);
      default:
        options.output.write(HELP);
    }
  }
}

const HELP = `\
y  apply this change
n  leave this container as it is
v  view the whole change, with every reason
a  apply this change and the rest of this host's
d  leave this container and the rest of this host's
w  write an exception for it instead
q  quit; this change and all that follow are not applied
?  this help
`;

function isKey(text: string): true | string {
  return /^[ynvadwq?]$/i.test(text.trim()) || 'one of y n v a d w q ?';
}

function isYesOrNo(text: string): true | string {
  return /^(y|yes|n|no|)$/i.test(text.trim()) || 'y or n';
}

async function askException(prompt: LinePrompt, options: PrompterOptions): Promise<Answer> {
  const today = dayOf(options.now());
  const fields = [
    { name: 'reason', message: 'reason:', check: isGiven },
    {
      name: 'owner',
      message: 'owner:',
      check: isGiven,
      ...(options.operator === undefined ? {} : { proposed: options.operator }),
    },
    {
      name: 'expires',
      message: 'expires:',
      check: (text: string) => isComingDay(text, today),
      proposed: dayOf(new Date(options.now().getTime() + THIRTY_DAYS)),
    },
    { name: 'ticket', message: 'ticket, if there is one:' },
  ];
  const given = new Map<string, string>();
  for (const { name, ...field } of fields) {
    const line = await prompt({ prefix: ' ', ...field });
    if (line.kind === 'ended') return line.by;
    given.set(name, line.text.trim());
  }
  const ticket = given.get('ticket') ?? '';
  return {
    kind: 'except',
    reason: given.get('reason') ?? '',
    owner: given.get('owner') ?? '',
    expires: given.get('expires') ?? '',
    ...(ticket === '' ? {} : { ticket }),
  };
}

const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1000;

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

function isGiven(text: string): true | string {
  return text.trim() !== '' || 'it has to be given';
}

function isComingDay(text: string, today: string): true | string {
  const day = text.trim();
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : undefined;
  // A day like the 30th of February would otherwise be read as one in March.
  if (instant === undefined || Number.isNaN(instant.getTime()) || dayOf(instant) !== day)
    return 'a day like 2027-01-31';
  return day >= today || `a day that is not over: today is ${today}`;
}
