import { PassThrough, type Readable, Writable } from 'node:stream';
import type { Clock } from '../../src/apply/tools.ts';
import type { World } from '../../src/cli/world.ts';
import { aProcess } from './a-process.ts';
import type { Whereabouts } from '../../src/model/machine.ts';
import { fakeClock } from './fake-clock.ts';
import type { Keyboard } from './keyboard.ts';

/** What a test wants its world to be like. */
export interface WorldWishes {
  /** With `.ssh`, as `HOME` has it. */
  readonly homeFolder: string;
  readonly workingFolder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether all three streams are a terminal's. */
  readonly isTerminal?: boolean;
  /** What is piped in. */
  readonly stdin?: Readable;
  /** Somebody who sits at it: their keys, and what is on their screen. */
  readonly keyboard?: Keyboard;
  readonly now?: Date;
  /** In which containers it runs; in none when not given. */
  readonly itself?: Whereabouts;
  readonly clock?: Clock;
  readonly randomName?: (length: number) => string;
}

/** A world made by hand: nothing of this process is in it, and what is printed can be read. */
export interface HandMadeWorld extends World {
  readonly stdout: Printed;
  readonly stderr: Printed;
  /** The first Ctrl-C. */
  interrupt(): void;
}

/** A stream and everything that was written to it. */
export interface Printed extends Writable {
  readonly isTTY?: boolean;
  text(): string;
}

/** Makes a world at the time of the fixtures, with a clock that nobody waits for. */
export function aWorld(wishes: WorldWishes): HandMadeWorld {
  const { homeFolder, workingFolder, environment = {}, keyboard } = wishes;
  const isTerminal = wishes.isTerminal ?? keyboard !== undefined;
  const interruption = new AbortController();
  return {
    environment,
    homeFolder,
    workingFolder,
    userName: 'demo',
    operator: 'a.lopez@control-1',
    identity: aProcess(),
    itself: () => wishes.itself ?? { containerIds: [] },
    stdin: Object.assign(keyboard?.input ?? wishes.stdin ?? new PassThrough().end(), { isTTY: isTerminal }),
    stdout: printed(isTerminal),
    stderr: keyboard
      ? Object.assign(keyboard.output, { isTTY: isTerminal, text: () => keyboard.printed() })
      : printed(isTerminal),
    timeZone: 'UTC',
    now: () => wishes.now ?? new Date('2026-11-22T05:00:00Z'),
    clock: wishes.clock ?? fakeClock(),
    randomName: wishes.randomName ?? lettersInTurn(),
    interrupted: interruption.signal,
    holdInterrupts: () => undefined,
    interrupt: () => interruption.abort(),
  };
}

function printed(isTTY: boolean): Printed {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return Object.assign(stream, { isTTY, text: () => text });
}

let named = 0;

/** Names that never come twice: `001`, `002`, … */
function lettersInTurn(): (length: number) => string {
  return (length) => (++named).toString(36).padStart(length, '0');
}
