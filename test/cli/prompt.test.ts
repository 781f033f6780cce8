import { describe, expect, test } from '@jest/globals';
import { canPrompt, createPrompter } from '../../src/cli/prompt.ts';
import type { Answer, Prompter } from '../../src/cli/prompt.ts';
import { aChange } from '../support/a-plan.ts';
import { createKeyboard } from '../support/keyboard.ts';
import type { Keyboard } from '../support/keyboard.ts';

const QUESTION = { change: aChange(), position: 1, count: 2 };
const ASKED = 'Apply this change to web-1/shop? [y,n,v,a,d,w,q,?]';

describe('asking about a change', () => {
  test.each<[string, Answer]>([
    ['y', 'yes'],
    ['n', 'no'],
    ['a', 'all'],
    ['d', 'none'],
    ['q', 'quit'],
    ['Y', 'yes'],
  ])('takes %s and Enter as %s', async (key, answer) => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press(`${key}\r`, ASKED);

    expect(await asked).toBe(answer);
  });

  test('shows the change and how many there are before it asks', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('n\r', ASKED);
    await asked;

    expect(keyboard.printed()).toMatch(/cap_drop {2}– → ALL[^]*\(1\/2\) Apply this change to web-1\/shop\?/);
  });

  test('shows the whole change on v, explains the keys on ?, and asks again', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('v\r', ASKED);
    await keyboard.press('?\r', 'nothing here writes audit records');
    await keyboard.press('y\r', 'write an exception for it instead');

    expect(await asked).toBe('yes');
  });

  test('does not take another key, a word or nothing at all for an answer', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('\r', ASKED);
    await keyboard.press('x\r', 'one of y n v a d w q ?');
    await keyboard.press('\u007fyes\r', 'one of y n v a d w q ?');
    await keyboard.press('\u007f\u007f\u007fn\r', 'one of y n v a d w q ?');

    expect(await asked).toBe('no');
  });

  test('asks one question after the other on the same terminal', async () => {
    const keyboard = createKeyboard();
    const prompter = prompterAt(keyboard);

    const first = prompter.ask(QUESTION);
    await keyboard.press('y\r', ASKED);
    await first;
    const second = prompter.ask({ ...QUESTION, position: 2 });
    await keyboard.press('n\r', `(2/2) ${ASKED}`);

    expect(await second).toBe('no');
  });

  test('asks one question at a time when two hosts ask at once', async () => {
    const keyboard = createKeyboard();
    const prompter = prompterAt(keyboard);

    const both = Promise.all([prompter.ask(QUESTION), prompter.ask({ ...QUESTION, position: 2 })]);
    await keyboard.press('y\r', `(1/2) ${ASKED}`);
    await keyboard.press('n\r', `(2/2) ${ASKED}`);

    expect(await both).toEqual(['yes', 'no']);
  });

  test('shows names of hosts harmlessly', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask({ ...QUESTION, change: aChange({ container: 'sh\u009b2Jop' }) });
    await keyboard.press('n\r', 'Apply this change to web-1/sh\\u{9b}2Jop?');

    expect(await asked).toBe('no');
    expect(keyboard.printed()).not.toContain('\u009b');
  });
});

describe('ending a question', () => {
  test('with Ctrl-C is an interruption', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('\u0003', ASKED);

    expect(await asked).toBe('interrupted');
  });

  test('with Ctrl-D quits', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('\u0004', ASKED);

    expect(await asked).toBe('quit');
  });

  test('by closing the terminal is an interruption, now and at every later question', async () => {
    const keyboard = createKeyboard();
    const prompter = prompterAt(keyboard);

    const asked = prompter.ask(QUESTION);
    await keyboard.press('', ASKED);
    keyboard.input.end();

    expect(await asked).toBe('interrupted');
    expect(await prompter.ask(QUESTION)).toBe('interrupted');
  });

  test('from outside is an interruption, now and at every later question', async () => {
    const keyboard = createKeyboard();
    const outside = new AbortController();
    const prompter = prompterAt(keyboard, outside.signal);

    const asked = prompter.ask(QUESTION);
    await keyboard.press('', ASKED);
    outside.abort();

    expect(await asked).toBe('interrupted');
    expect(await prompter.ask(QUESTION)).toBe('interrupted');
  });
});

describe('writing an exception', () => {
  test('asks for reason, owner, end and ticket, proposing the operator and thirty days', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('w\r', ASKED);
    await keyboard.press('waits for the load balancer\r', 'reason:');
    await keyboard.press('\r', 'owner: [mlopez]');
    await keyboard.press('\r', 'expires: [2026-12-22]');
    await keyboard.press('NET-9\r', 'ticket');

    expect(await asked).toEqual({
      kind: 'except',
      reason: 'waits for the load balancer',
      owner: 'mlopez',
      expires: '2026-12-22',
      ticket: 'NET-9',
    });
  });

  test('wants a reason and a day that exists and is not over, but no ticket', async () => {
    const keyboard = createKeyboard();
    const erase = '\u007f'.repeat(10);

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('w\r', ASKED);
    await keyboard.press(' \r', 'reason:');
    await keyboard.press('public\r', 'it has to be given');
    await keyboard.press('netops\r', 'owner:');
    await keyboard.press('2027-02-30\r', 'expires:');
    await keyboard.press(`${erase}2026-11-21\r`, 'a day like 2027-01-31');
    await keyboard.press(`${erase}2026-11-22\r`, 'a day that is not over: today is 2026-11-22');
    await keyboard.press('\r', 'ticket');

    expect(await asked).toEqual({ kind: 'except', reason: 'public', owner: 'netops', expires: '2026-11-22' });
  });

  test('can be given up', async () => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).ask(QUESTION);
    await keyboard.press('w\r', ASKED);
    await keyboard.press('\u0003', 'reason:');

    expect(await asked).toBe('interrupted');
  });
});

describe('a plain question', () => {
  test.each([
    ['y\r', 'yes'],
    ['yes\r', 'yes'],
    ['n\r', 'no'],
    ['\r', 'no'],
    ['\u0004', 'no'],
    ['\u0003', 'interrupted'],
  ])('that is answered %j is %s', async (keys, answer) => {
    const keyboard = createKeyboard();

    const asked = prompterAt(keyboard).confirm('Roll back 1 container?');
    await keyboard.press(keys, 'Roll back 1 container? [y/N]');

    expect(await asked).toBe(answer);
  });
});

describe('someone to ask', () => {
  test.each([
    [true, true, true],
    [true, undefined, false],
    [undefined, true, false],
    [false, false, false],
  ])('is there when input is a terminal (%p) and output too (%p): %p', (input, output, there) => {
    const asTerminal = (isTTY: boolean | undefined) => (isTTY === undefined ? {} : { isTTY });

    expect(canPrompt(asTerminal(input), asTerminal(output))).toBe(there);
  });
});

function prompterAt({ input, output }: Keyboard, signal?: AbortSignal): Prompter {
  return createPrompter({
    input,
    output,
    now: () => new Date('2026-11-22T23:30:00Z'),
    colors: false,
    operator: 'mlopez',
    ...(signal === undefined ? {} : { signal }),
  });
}
