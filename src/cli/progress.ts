import { plainText } from '../report/plain-text.ts';

/** What happens, as it happens. */
export type ProgressEvent =
  | { readonly event: 'host-started'; readonly host: string }
  | { readonly event: 'host-done'; readonly host: string; readonly text?: string }
  | { readonly event: 'change-started'; readonly host: string; readonly container: string }
  | { readonly event: 'step'; readonly host: string; readonly container: string; readonly step: string }
  | { readonly event: 'change-ended'; readonly host: string; readonly container: string; readonly text?: string };

/** What a person watches while hosts are at work. */
export interface Progress {
  report(event: ProgressEvent): void;
  /** Takes the live line away for as long as someone else writes to the terminal: a prompt, or a result on stdout. */
  pause(): void;
  /** Brings it back, once for every pause. */
  resume(): void;
  /** Takes it away for good. */
  end(): void;
}

/** What it must know of the terminal. */
export interface ProgressOptions {
  readonly isTerminal: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly columns: () => number;
  /** How many hosts there will be, where that is known. */
  readonly hosts?: number;
}

/** Where it is shown: stderr. */
export interface ProgressStream {
  write(text: string): unknown;
}

/** One live line on a terminal, drawn ten times a second at most; elsewhere a line for each event. */
export function createProgress(stream: ProgressStream, options: ProgressOptions): Progress {
  return options.isTerminal ? liveProgress(stream, options) : plainProgress(stream);
}

function plainProgress(stream: ProgressStream): Progress {
  return {
    report: (event) => stream.write(`${eventText(event)}\n`),
    pause: () => undefined,
    resume: () => undefined,
    end: () => undefined,
  };
}

function eventText(event: ProgressEvent): string {
  switch (event.event) {
    case 'host-started':
      return `${nameOf(event)}: started`;
    case 'change-started':
      return `${nameOf(event)}: changing`;
    case 'step':
      return `${nameOf(event)}: ${plainText(event.step)}`;
    case 'host-done':
    case 'change-ended':
      return `${nameOf(event)}: ${plainText(event.text ?? 'done')}`;
  }
}

function nameOf(event: ProgressEvent): string {
  return 'container' in event
    ? `${plainText(event.host, 64)}/${plainText(event.container, 64)}`
    : plainText(event.host, 64);
}

/** What one host is doing now. */
interface Activity {
  readonly name: string;
  readonly step: string;
  readonly since: number;
}

function liveProgress(stream: ProgressStream, options: ProgressOptions): Progress {
  const active = new Map<string, Activity>();
  let done = 0;
  let shown = '';
  let pauses = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): void => {
    if (shown !== '') stream.write(ERASE);
    shown = '';
  };
  const draw = (): void => {
    const line = liveLine([...active.values()], done, options);
    if (line === shown) return;
    stream.write(ERASE + line);
    shown = line;
  };
  const sleep = (): void => {
    clearInterval(timer);
    timer = undefined;
    erase();
  };
  const wake = (): void => {
    if (timer !== undefined || pauses > 0 || active.size === 0) return;
    draw();
    timer = setInterval(draw, REDRAW_MILLISECONDS).unref();
  };

  return {
    report: (event) => {
      if (event.event === 'host-done') done++;
      const activity = activityAfter(event, options.now());
      if (activity === undefined) active.delete(event.host);
      else active.set(event.host, activity);
      if (active.size === 0) sleep();
      else wake();
    },
    pause: () => {
      pauses++;
      sleep();
    },
    resume: () => {
      pauses = Math.max(0, pauses - 1);
      wake();
    },
    end: () => {
      active.clear();
      sleep();
    },
  };
}

const ERASE = '\r\u001b[K';
const REDRAW_MILLISECONDS = 100;

function activityAfter(event: ProgressEvent, since: number): Activity | undefined {
  switch (event.event) {
    case 'host-started':
    case 'change-started':
      return { name: nameOf(event), step: '', since };
    case 'step':
      return { name: nameOf(event), step: ` ${plainText(event.step, 60)}`, since };
    case 'change-ended':
    case 'host-done':
      return undefined;
  }
}

function liveLine(active: readonly Activity[], done: number, { hosts, now, columns }: ProgressOptions): string {
  if (active.length === 0) return '';
  const counted = hosts === undefined ? '' : `${done}/${hosts} hosts  `;
  const texts = active.map(({ name, step, since }) => {
    const seconds = Math.floor((now() - since) / 1000);
    return `${name}${step}${seconds > 0 ? ` ${seconds} s` : ''}`;
  });
  return fitting(`${counted}${texts.join(', ')}`, columns() - 1);
}

/** What fits into a line, counting every letter beyond ASCII as two wide: a line that wrapped could not be erased. */
function fitting(text: string, columns: number): string {
  let width = 0;
  let line = '';
  for (const character of text) {
    width += character < '\u007f' ? 1 : 2;
    if (width > columns) break;
    line += character;
  }
  return line;
}
