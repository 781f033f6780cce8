/** Deadlines of this process that pass when a test says so, and not before. */
export interface HeldDeadlines {
  /** Lets the time pass until everything that is under way is too late; says how many deadlines of each sort that were. */
  pass(): { readonly timers: number; readonly signals: number };
  /** From here on time goes by itself again. */
  release(): void;
}

/** Timers this long and longer are deadlines; shorter ones go as ever. */
const SHORTEST_DEADLINE = 10_000;

/** Takes hold of every deadline that is set from now on, as a timer or as a signal. */
export function holdDeadlines(): HeldDeadlines {
  const { setTimeout, clearTimeout } = globalThis;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const timers = new Map<unknown, () => void>();
  const signals = new Set<AbortController>();
  globalThis.setTimeout = ((work: () => void, milliseconds = 0) => {
    if (milliseconds < SHORTEST_DEADLINE) return setTimeout(work, milliseconds);
    const deadline = Symbol('deadline');
    timers.set(deadline, work);
    return deadline;
  }) as typeof setTimeout;
  globalThis.clearTimeout = (timer) => {
    if (!timers.delete(timer)) clearTimeout(timer);
  };
  AbortSignal.timeout = (milliseconds) => {
    if (milliseconds < SHORTEST_DEADLINE) return timeout(milliseconds);
    const expiry = new AbortController();
    signals.add(expiry);
    return expiry.signal;
  };
  return {
    pass() {
      const passed = [[...timers.values()], [...signals]] as const;
      timers.clear();
      signals.clear();
      for (const work of passed[0]) work();
      for (const expiry of passed[1]) expiry.abort(new DOMException('The operation timed out', 'TimeoutError'));
      return { timers: passed[0].length, signals: passed[1].length };
    },
    release() {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      AbortSignal.timeout = timeout;
    },
  };
}
