/** Whether what was not seen is what one of the kernel's channels did not tell, and not when the watch began and ended. */
export function isOfChannel(spot: string): boolean {
  return ![START_UNSEEN, START_UNKNOWN, ENDED_AT_ONCE, STARTED_AGAIN, HOST_LOST].includes(spot) && !ENDED.test(spot);
}

/** It ran when the watch began. */
export const START_UNSEEN = 'what it uses when it starts was not seen: observe it with --start';

/** It was started before the eyes of whoever watched, who did not know it by what was recorded. */
export const START_UNKNOWN = 'its start was not recognised: what it used until it ran may be missing';

/** It had no process any more when it was looked for after its start. */
export const ENDED_AT_ONCE =
  'it ended at once: what other containers used that were started at the same moment may be in this list';

/** Somebody else gave it another life. */
export const STARTED_AGAIN = 'it was started again by somebody else, and its new life was not followed';

/** The connection to the host broke. */
export const HOST_LOST = 'the host was lost before the time was over';

/** It ended while it was watched. */
export function endedAfter(seconds: number): string {
  return `it ended after ${seconds} s`;
}

const ENDED = /^it ended after \d+ s$/;
