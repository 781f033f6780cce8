import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/model/observation.ts';
import type { ThreadLine, WindowLine } from '../../src/observe/parse-line.ts';
import { parseLine } from '../../src/observe/parse-line.ts';
import { newSubject, type Subject } from '../../src/observe/subject.ts';

const WATCHED = [
  'bounding 2 00000000a80425fb',
  'engine 2 /proc/10/comm:containerd-shim',
  'engine 2 10',
  'inside 2 /proc/50/task/50/comm:web',
  'watching 2',
];

function subjectOf(notes: readonly string[] = WATCHED): Subject {
  const container = { name: 'web', id: '0c21'.repeat(16), pid: 50, held: ['CHOWN'], stopTimeout: null };
  const subject = newSubject(container, 'tracepoint', '2026-11-22T05:00:00.000Z');
  for (const note of notes) subject.takeNote(parseLine(note) as WindowLine);
  return subject;
}

function newlyStarted(): Subject {
  const subject = subjectOf([]);
  subject.startedNow(50);
  for (const note of WATCHED) subject.takeNote(parseLine(note) as WindowLine);
  return subject;
}

function take(subject: Subject, from: 'own' | 'starter', ...lines: readonly string[]): void {
  for (const line of lines) subject.takeEvent(parseLine(line) as ThreadLine, from);
  subject.endOfWindow();
}

function timesOf({ uses }: Observation): readonly string[] {
  return uses.map(({ capability, program, times }) => `${capability} ${program} ${times}`);
}

describe('a container that is watched', () => {
  test('counts what both buffers recorded once, from the mark on', () => {
    const subject = newlyStarted();

    take(subject, 'starter', '#50#c 0 0 a f');
    take(subject, 'own', '#50#c 0 0 a f', '#99#c 8 0 e f', '#1#m', '#50#c 0 0 a f');

    expect(timesOf(subject.observation())).toEqual(['CHOWN web 2']);
  });

  test('waits for no mark that may have been lost', () => {
    const subject = newlyStarted();

    subject.takeNote({ kind: 'lost', events: 3 });
    take(subject, 'own', '#50#c 0 0 a f');

    expect(subject.observation()).toMatchObject({ lostEvents: 3, uses: [{ capability: 'CHOWN' }] });
  });

  test('takes the engine’s runtime for the engine, although it is in the cgroup already', () => {
    const subject = subjectOf([...WATCHED, 'inside 2 /proc/60/task/60/comm:runc:[2:INIT]']);

    take(subject, 'own', '#60#c 8 0 e f', '#60#s 0', '#60#n sh', '#60#x 0', '#60#c 0 0 b f');

    expect(timesOf(subject.observation())).toEqual(['CHOWN sh 1']);
  });

  test('counts as its start only what comes before that is over', () => {
    const subject = newlyStarted();

    take(subject, 'starter', '#50#c 0 0 a f');
    subject.startIsOver();
    take(subject, 'own', '#1#m', '#50#c 0 0 a f');

    expect(subject.observation().uses.map(({ phase }) => phase)).toEqual(['run', 'start']);
  });

  test.each<[string, (subject: Subject) => void, string]>([
    ['was not started before its eyes', () => undefined, 'observe it with --start'],
    ['was started and not recognised', (subject) => subject.startedNow(50), 'its start was not recognised'],
    [
      'ended at once',
      (subject) => {
        subject.startedNow(0);
        subject.takeNote({ kind: 'gone', number: 2 });
      },
      'it ended at once',
    ],
    ['lost events', (subject) => subject.takeNote({ kind: 'lost', events: 1 }), 'could not keep every event'],
    ['was cut', (subject) => subject.takeNote({ kind: 'cut' }), 'more processes came and went'],
    ['was broken off', (subject) => subject.wasBrokenOff(), 'the host was lost'],
    ['set its own capabilities', (subject) => take(subject, 'own', '#50#s 0'), 'does not tell: web'],
    [
      'has an engine that cannot be followed',
      (subject) => subject.takeNote({ kind: 'engine-name', number: 2, name: 'conmon' }),
      'could not be told apart',
    ],
    [
      'may hold everything',
      (subject) => subject.takeNote({ kind: 'bounding', number: 2, mask: '1ffffffffff' }),
      'it may hold every capability',
    ],
  ])('says of itself that it %s', (_what, happens, because) => {
    const subject = subjectOf();

    happens(subject);

    expect(subject.observation().blindSpots).toContainEqual(expect.stringContaining(because));
  });

  test('counts as watched for as long as it lived, and says when it ended', () => {
    const subject = newlyStarted();

    subject.lasted(8);
    subject.takeNote({ kind: 'ended', number: 2 });
    subject.lasted(600);

    expect(subject.observation()).toMatchObject({
      seconds: 8,
      blindSpots: expect.arrayContaining(['it ended after 8 s']),
    });
    expect(subject.observation().wasStartedAgain).toBeUndefined();
  });

  test('says that somebody else started it again, and that its new life was not followed', () => {
    const subject = newlyStarted();

    subject.lasted(8);
    subject.takeNote({ kind: 'ended', number: 2 });
    subject.takeNote({ kind: 'again', number: 2 });

    expect(subject.observation()).toMatchObject({
      seconds: 8,
      wasStartedAgain: true,
      blindSpots: expect.arrayContaining([expect.stringContaining('its new life was not followed')]),
    });
  });

  test('that ended at once was watched for no time', () => {
    const subject = subjectOf([]);

    subject.startedNow(0);
    subject.takeNote({ kind: 'gone', number: 2 });
    subject.lasted(600);

    expect(subject.observation().seconds).toBe(0);
  });
});
