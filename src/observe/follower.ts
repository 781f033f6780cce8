import { MOST_PROGRAMS } from '../model/observation.ts';
import type { ThreadLine } from './parse-line.ts';
import { capabilitiesOf } from './parse-line.ts';
import type { CountedCheck, Tally } from './tally.ts';
import { newTally } from './tally.ts';

/** Follows the threads of one container, and tells its own work from what its engine does to start it. */
export interface Follower {
  readonly tally: Tally;
  /** Programs that another could not start (execve: EPERM), by who tried. */
  readonly refusedPrograms: ReadonlySet<string>;
  /** Programs that were started in it, by the first 15 characters of their names. */
  readonly programs: ReadonlySet<string>;
  readonly refusedChroots: ReadonlySet<string>;
  /** Programs that asked for capabilities of their own, and were refused. */
  readonly refusedSets: ReadonlySet<string>;
  /** Those of them who were root. */
  readonly refusedChrootsOfRoot: ReadonlySet<string>;
  /** What programs put into their own permitted set, `CAPABILITY PROGRAM`. */
  readonly declared: ReadonlySet<string>;
  /** Programs that set their own capabilities, where the kernel does not tell which. */
  readonly declaring: ReadonlySet<string>;
  /** Whether the first program of the container was seen to begin. */
  readonly sawFirst: boolean;
  addEngine(thread: number): void;
  addInside(thread: number, name: string): void;
  /** As whom a thread was found to run. */
  addUser(thread: number, user: number): void;
  /** The container was stopped, and another life of it begins; in what is recorded of that from outside, its first process is known. */
  beginLife(first: number): void;
  take(line: ThreadLine, phase: 'start' | 'run', strangers: Strangers): void;
  /** To be called when what the kernel had recorded is read. */
  endOfWindow(): void;
}

interface Thread {
  /** `ready`: the engine's runtime, which has given itself the rights of the container and will become its program. */
  origin: 'engine' | 'ready' | 'inside';
  name: string;
  /** Undefined where that is not known, or it has chosen its own capabilities. */
  isRoot: boolean | undefined;
  /** Who it asked to be. */
  becoming: number | null;
  readonly isStranger: boolean;
  waiting: CountedCheck | undefined;
  /** Refused to look into everything: whether it may read and write everything is asked next. */
  held: CountedCheck | undefined;
}

/**
 * Who a thread is whose beginning was not told: a line break in a name breaks that line. In a buffer that only follows the
 * container it can be nobody else's; in one that follows whoever starts containers it may be another's, unless there is
 * nothing left of this one by which its own could be known.
 */
export type Strangers = 'inside' | 'engine' | 'nobody';

/** What stands for a program that the engine was to start, and could not. */
export const BY_ENGINE = '(by the engine)';

/** Follows nobody yet. */
export function newFollower(): Follower {
  const threads = new Map<number, Thread>();
  const tally = newTally();
  const [programs, refusedPrograms, refusedChroots, refusedChrootsOfRoot, refusedSets, declared, declaring] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  const waiting = new Set<Thread>();
  let sawFirst = false;
  let firstThread = 0;

  const settle = (thread: Thread): void => {
    const check = thread.waiting;
    thread.waiting = undefined;
    if (check) {
      const { held } = thread;
      thread.held = undefined;
      // Reading a folder asks for DAC_READ_SEARCH, and only where that is refused for DAC_OVERRIDE (fs/namei.c).
      const isFirstHalf = check.capability === 'DAC_OVERRIDE' && held?.credential === check.credential;
      if (held && !isFirstHalf) tally.add(held);
      if (check.capability === 'DAC_READ_SEARCH' && !check.granted) thread.held = check;
      else tally.add(check);
    }
    if (!thread.held) waiting.delete(thread);
  };
  const executed = (thread: Thread, id: number, done: boolean, strangers: Strangers): void => {
    // Whoever starts this container may start others at the same moment.
    if (strangers !== 'inside' && thread.origin === 'ready' && firstThread > 0 && id !== firstThread)
      thread.origin = 'engine';
    if (thread.origin === 'inside') {
      note(done ? programs : refusedPrograms, thread.name);
    } else if (thread.origin === 'ready') {
      // The runtime gives up its own rights last of all, and what it then begins is the container's program: that holds for
      // each runtime, whatever its processes are called, and of hooks, which have the engine's rights, it does not.
      if (done) thread.origin = 'inside';
      note(done ? programs : refusedPrograms, done ? thread.name : BY_ENGINE);
      sawFirst ||= done;
    }
  };

  return {
    tally,
    programs,
    refusedPrograms,
    refusedChroots,
    refusedChrootsOfRoot,
    refusedSets,
    declared,
    declaring,
    get sawFirst() {
      return sawFirst;
    },
    addEngine(id) {
      if (!threads.has(id)) threads.set(id, newThread('engine', '', true));
    },
    addInside(id, name) {
      const known = threads.get(id);
      if (known?.origin !== 'inside') threads.set(id, newThread('inside', name, undefined));
    },
    addUser(id, user) {
      const known = threads.get(id);
      if (known) known.isRoot ??= user === 0;
    },
    beginLife(first) {
      threads.clear();
      sawFirst = false;
      firstThread = first;
    },
    take(line, phase, strangers) {
      const thread = threads.get(line.thread) ?? stranger(strangers);
      if (!thread) return;
      threads.set(line.thread, thread);
      if (line.kind === 'call' || line.kind === 'within') {
        const check = thread.waiting;
        if (check && line.kind === 'call') thread.waiting = { ...check, call: check.call ?? line.call };
        if (check && line.kind === 'within') thread.waiting = { ...check, within: line.part };
        return;
      }
      // A change of ids is asked for first, and what was refused still is done where the ids are its own (kernel/sys.c).
      if (line.kind === 'set-ids' && isRefusedIdentity(thread.waiting)) thread.waiting = undefined;
      settle(thread);
      switch (line.kind) {
        case 'asked':
          if (thread.origin !== 'inside') return;
          thread.waiting = counted(line, thread, phase);
          waiting.add(thread);
          return;
        case 'forked':
          threads.set(
            line.child,
            newThread(thread.origin === 'inside' ? 'inside' : 'engine', thread.name, thread.isRoot),
          );
          return;
        case 'named':
          thread.name = line.name;
          // The line that told of its beginning may have been lost with others; a container that hides so hides from itself.
          if (thread.isStranger && /^runc(?:$|:\[)/.test(line.name)) thread.origin = 'engine';
          return;
        case 'executed':
          executed(thread, line.thread, line.done, strangers);
          return;
        case 'set-capabilities':
          if (thread.origin === 'inside') {
            note(declaring, thread.name);
            if (!line.done) note(refusedSets, thread.name);
            thread.isRoot = undefined;
          } else if (line.done) thread.origin = 'ready';
          return;
        case 'declared':
          // All that it may have at all is no choice.
          if (thread.origin !== 'inside' || line.permitted.length === capabilitiesOf(line.bounding).length) return;
          for (const capability of line.permitted) note(declared, `${capability} ${thread.name}`);
          return;
        case 'chroot-refused':
          if (thread.origin !== 'inside') return;
          note(refusedChroots, thread.name);
          if (thread.isRoot === true) note(refusedChrootsOfRoot, thread.name);
          return;
        case 'becoming':
          thread.becoming = line.user;
          return;
        case 'set-ids':
          if (line.of === 'user' && thread.becoming !== null) thread.isRoot = thread.becoming === 0;
          return;
        case 'from-here':
          return;
        case 'exited':
          threads.delete(line.thread);
          return;
      }
    },
    endOfWindow() {
      for (const thread of waiting) {
        settle(thread);
        if (thread.held) tally.add(thread.held);
        thread.held = undefined;
      }
      waiting.clear();
    },
  };
}

function stranger(strangers: Strangers): Thread | undefined {
  return strangers === 'nobody' ? undefined : { ...newThread(strangers, '(unnamed)', undefined), isStranger: true };
}

function newThread(origin: Thread['origin'], name: string, isRoot: boolean | undefined): Thread {
  return { origin, name, isRoot, becoming: null, isStranger: false, waiting: undefined, held: undefined };
}

function counted(
  { asked, thread, times }: Extract<ThreadLine, { readonly kind: 'asked' }>,
  { name, isRoot }: Thread,
  phase: 'start' | 'run',
): CountedCheck {
  const credential = asked.credential === '' ? '' : `${asked.credential} ${thread}`;
  const ofRoot = isRoot === true;
  return { ...asked, credential, call: null, within: null, program: name, phase, times, ofRoot };
}

function isRefusedIdentity(check: CountedCheck | undefined): boolean {
  return check !== undefined && !check.granted && ['SETUID', 'SETGID'].includes(check.capability);
}

function note(names: Set<string>, name: string): void {
  if (names.size < MOST_PROGRAMS) names.add(name);
}
