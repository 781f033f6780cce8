import {
  ENDED_AT_ONCE,
  endedAfter,
  HOST_LOST,
  STARTED_AGAIN,
  START_UNKNOWN,
  START_UNSEEN,
} from '../model/blind-spots.ts';
import type { Observation } from '../model/observation.ts';
import { newFollower } from './follower.ts';
import type { Watched } from './observe-containers.ts';
import type { ThreadLine, WindowLine } from './parse-line.ts';
import { capabilitiesOf } from './parse-line.ts';

/** A container that is watched, and what is known of it so far. */
export interface Subject {
  readonly container: Watched;
  takeNote(line: WindowLine): void;
  /** `starter`: it was recorded while whoever starts containers was followed. */
  takeEvent(line: ThreadLine, from: 'own' | 'starter'): void;
  endOfWindow(): void;
  /** It was stopped while its processes were watched, and nothing of that was cut short. */
  stoppedNow(): void;
  /** It was started just now, before the eyes of whoever watches, with that process; 0 where it has ended already. */
  startedNow(pid: number): void;
  startIsOver(): void;
  /** What was recorded up to then is read, and its first process lived as far as was told. */
  lasted(seconds: number): void;
  /** The host was lost before the time was over. */
  wasBrokenOff(): void;
  /** Why it cannot be watched. */
  refused(): 'elsewhere' | 'unmade' | undefined;
  observation(): Observation;
}

/** Begins with a container of which nothing has been seen. */
export function newSubject(container: Watched, probe: Observation['probe'], startedAt: string): Subject {
  const follower = newFollower();
  let phase: 'start' | 'run' = 'run';
  let bounding: string | null = null;
  let lostEvents = 0;
  let isCut = false;
  let engine = '';
  // What happened while both buffers recorded is told by that of the starter, which knows more.
  let isTwofold = false;
  let refused: 'elsewhere' | 'unmade' | undefined;
  let [isWatched, wasStopped, wasStarted, isGone, isBroken] = [false, false, false, false, false];
  let [hasEnded, wasStartedAgain, seconds] = [false, false, 0];

  const notes = (): readonly string[] => [
    ...(lostEvents > 0 ? ['the kernel could not keep every event: what is not in this list may still be needed'] : []),
    ...(isBroken ? [HOST_LOST] : []),
    ...(isCut ? ['more processes came and went than could be followed one by one'] : []),
    ...(wasStarted && !follower.sawFirst ? [START_UNKNOWN] : []),
    ...(wasStarted ? [] : [START_UNSEEN]),
    ...(isGone ? [ENDED_AT_ONCE] : []),
    ...(hasEnded && !isGone ? [endedAfter(seconds)] : []),
    ...(wasStartedAgain ? [STARTED_AGAIN] : []),
    ...(isWatched && !/^(docker-)?containerd-shim/.test(engine)
      ? ['commands that its engine runs in it (exec, health checks) could not be told apart and are missing']
      : []),
    ...(probe === 'tracepoint' && follower.declaring.size > 0
      ? [
          `which capabilities these programs gave themselves, this kernel does not tell: ${[...follower.declaring].join(', ')}`,
        ]
      : []),
    ...(bounding !== null && isEverything(bounding) && probe === 'tracepoint'
      ? [
          'it may hold every capability, so that what the file system of its image asks cannot be told from what it asks itself',
        ]
      : []),
  ];

  return {
    container,
    takeNote(line) {
      switch (line.kind) {
        case 'lost':
          lostEvents += line.events;
          // The mark may be among them.
          isTwofold = false;
          return;
        case 'cut':
          isCut = true;
          return;
        case 'bounding':
          bounding = line.mask;
          return;
        case 'engine-name':
          engine = line.name;
          return;
        case 'watching':
          isWatched = true;
          return;
        case 'engine-thread':
          follower.addEngine(line.thread);
          return;
        case 'inside':
          // The engine's runtime is in the container's cgroup before it has become its program.
          if (line.name.startsWith('runc:[')) follower.addEngine(line.thread);
          else follower.addInside(line.thread, line.name);
          return;
        case 'user':
          follower.addUser(line.thread, line.user);
          return;
        case 'gone':
          // It may have ended as soon as it was started; else nobody here sees it.
          if (wasStarted) isGone = true;
          else if (!isWatched) refused = 'elsewhere';
          return;
        case 'ended':
          hasEnded = true;
          return;
        case 'again':
          wasStartedAgain = true;
          return;
        case 'elsewhere':
        case 'unmade':
          refused = line.kind;
          return;
        default:
          return;
      }
    },
    takeEvent(line, from) {
      if (from === 'own' && line.kind === 'from-here') isTwofold = false;
      else if (from === 'starter' || !isTwofold)
        follower.take(line, phase, from === 'own' ? 'inside' : isGone ? 'engine' : 'nobody');
    },
    endOfWindow: () => follower.endOfWindow(),
    stoppedNow() {
      wasStopped = isWatched && !isCut && lostEvents === 0;
      // What was lost of the life before is not missing in this one.
      [isCut, lostEvents] = [false, 0];
    },
    startedNow(pid) {
      follower.beginLife(pid);
      isWatched = false;
      wasStarted = true;
      isTwofold = true;
      phase = 'start';
    },
    startIsOver() {
      phase = 'run';
    },
    lasted(followed) {
      if (!isGone && !hasEnded) seconds = followed;
    },
    wasBrokenOff() {
      isBroken = true;
    },
    refused: () => refused,
    observation() {
      const held = new Set(bounding === null ? container.held : capabilitiesOf(bounding));
      const { uses, refusals, refusalsOfRoot } = follower.tally.result(bounding, held);
      return {
        container: container.name,
        id: container.id,
        startedAt,
        seconds,
        sawStart: wasStarted && follower.sawFirst,
        ranBefore: wasStarted && container.pid > 0,
        sawStop: wasStopped,
        ...(wasStartedAgain ? { wasStartedAgain } : {}),
        probe,
        // What could not be followed is lost as well.
        lostEvents: lostEvents + (isCut ? 1 : 0),
        blindSpots: notes(),
        uses,
        refusals,
        declared: [...follower.declared].map((text) => {
          const [capability = '', ...program] = text.split(' ');
          return { capability, program: program.join(' ') };
        }),
        programs: [...follower.programs],
        refusedPrograms: [...follower.refusedPrograms],
        refusedChroots: [...follower.refusedChroots],
        refusedSets: [...follower.refusedSets],
        refusedToRoot: { refusals: refusalsOfRoot, refusedChroots: [...follower.refusedChrootsOfRoot] },
      };
    },
  };
}

/** Whether a mask has the right that decides over mounts, and with it all that a mounter may ask for. */
function isEverything(mask: string): boolean {
  const held = capabilitiesOf(mask);
  return held.includes('SYS_ADMIN') && held.includes('DAC_READ_SEARCH') && held.includes('SYS_RESOURCE');
}
