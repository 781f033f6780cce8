import { errorText } from '../report/error-text.ts';
import type { Progress } from './progress.ts';
import type { World } from './world.ts';

/** What is learned while hosts are changed side by side, kept one after the other: two hosts may teach the same making. */
export interface Lessons {
  /** Returns once it is kept, or told that it cannot be: that is no reason against a change that was made. */
  readonly add: (lesson: () => Promise<void>) => Promise<void>;
}

/** An empty queue of them. */
export function lessonsQueue(progress: Progress, { stderr }: Pick<World, 'stderr'>): Lessons {
  let before: Promise<void> = Promise.resolve();
  return {
    add(lesson) {
      before = before.then(lesson).catch((error: unknown) => {
        progress.pause();
        const text = errorText(error as Error, { colors: false, verbose: false });
        stderr.write(`what the gate showed could not be kept for later plans: ${text}`);
        progress.resume();
      });
      return before;
    },
  };
}
