import { homedir, hostname, userInfo } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock, LockHolder } from '../apply/tools.ts';
import { processIdentity } from './process-identity.ts';
import type { Whereabouts } from '../model/machine.ts';
import { readItself } from './read-itself.ts';

/** Everything outside the program that it touches: built once for real, by hand in tests. */
export interface World {
  /** The environment as it was at start. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly workingFolder: string;
  readonly userName: string;
  /** `user@machine`, for the journal. */
  readonly operator: string;
  /** This process, and whether another of this machine has ended. */
  readonly identity: Pick<LockHolder, 'process' | 'isGone'>;
  /** In which containers this process runs. */
  readonly itself: () => Whereabouts;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly now: () => Date;
  /** IANA name of the zone whose clock people here go by. */
  readonly timeZone: string;
  readonly clock: Clock;
  /** A random text of so many characters 0-9 a-z. */
  readonly randomName: (length: number) => string;
  /**
   * Aborted by the first Ctrl-C, SIGTERM or closed terminal once interrupts are held: what is in hand is finished,
   * nothing new is started.
   */
  readonly interrupted: AbortSignal;
  /**
   * From here on something may be half done, so that an interrupt must wait; before, it ends the process at once. What it
   * means may be said, for whoever interrupts; not said, it is that of a change.
   */
  readonly holdInterrupts: (meaning?: string) => void;
}

/**
 * The world as it is. DOCKER_* variables are taken out of the process once they are read: libraries below would
 * otherwise follow them to another engine than the inventory names.
 */
export function realWorld(): World {
  const environment = { ...process.env };
  for (const name of Object.keys(process.env))
    if (name.startsWith('DOCKER_')) Reflect.deleteProperty(process.env, name);
  const userName = userInfo().username;
  return {
    environment,
    homeFolder: environment['HOME'] ?? homedir(),
    workingFolder: process.cwd(),
    userName,
    operator: `${environment['SUDO_USER'] ?? userName}@${hostname()}`,
    identity: processIdentity(),
    itself: readItself,
    // What few commands ask for takes milliseconds to find out, and every command would wait for it.
    get stdin() {
      return process.stdin;
    },
    get timeZone() {
      return new Intl.DateTimeFormat().resolvedOptions().timeZone;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    clock: {
      now: () => performance.now(),
      timestamp: () => new Date().toISOString(),
      delay: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    },
    randomName,
    ...interruption(),
  };
}

function randomName(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % letters.length]).join('');
}

/** The second signal ends the process at once: the journal and the host tell what is half done. */
function interruption(): Pick<World, 'interrupted' | 'holdInterrupts'> {
  const controller = new AbortController();
  let isHeld = false;
  let means = 'the container in hand is finished or undone, nothing new is started';
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!isHeld || controller.signal.aborted) process.exit(130);
      process.stderr.write(`\ninterrupted: ${means} (again: stop at once)\n`);
      controller.abort();
    });
  }
  return {
    interrupted: controller.signal,
    holdInterrupts: (meaning) => {
      isHeld = true;
      means = meaning ?? means;
    },
  };
}
