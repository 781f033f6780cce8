import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { busyboxImage } from '../support/docker.ts';
import { type LabHost, withLab } from '../support/lab.ts';
import { describeLab } from '../support/real-engine.ts';
import { type Kind, type Mishap, READS_LINK, tryAt } from '../support/try-at.ts';

/**
 * `ENFORCE_MISHAPS=all` makes it a long run: every mishap instead of one, at every call of every kind of change instead of
 * every second of two.
 */
const IS_LONG = process.env['ENFORCE_MISHAPS'] === 'all';
const STRIDE = IS_LONG ? 1 : 2;
const TIMEOUT = 30 * 60_000;

const SERVE = (name: string, port: number) =>
  `echo ${name} > /www/index.html; mountpoint -q /data && echo note > /data/note; exec httpd -f -p ${port} -h /www`;
const WEB = ['--name', 'web', '--init', '--restart', 'always', '-p', '91:80', '-p', '92:81'];
const SHELL = ['enforce-test/busybox:1', 'sh', '-c'];
const PLAIN = [...WEB, '-v', 'stock:/data', '-v', '/unnamed', ...SHELL, SERVE('web', 80)];
const SIDE = [
  '--name',
  'side',
  '--init',
  '--restart',
  'always',
  '--network',
  'container:web',
  ...SHELL,
  SERVE('side', 81),
];
const APPLY = ['apply', '--yes'];
const ROLLBACK = ['rollback', '--yes'];

const KINDS: Readonly<Record<string, Kind>> = {
  'a change': {
    containers: [PLAIN],
    work: APPLY,
    end: ['web running', 'web.BAK exited'],
    answers: { 8091: 'web' },
  },
  'a change with a dependant': {
    containers: [PLAIN, SIDE],
    work: APPLY,
    end: ['side running', 'side.BAK exited', 'web running', 'web.BAK exited'],
    answers: { 8091: 'web', 8092: 'side' },
  },
  'a change that starts the new one first': {
    containers: [[...WEB, ...SHELL, SERVE('web', 80)]],
    playbook: 'rollout: { order: start-first }\n',
    work: APPLY,
    end: ['web running', 'web.BAK exited'],
    answers: { 8091: 'web' },
  },
  'a change with a container that is linked to it': {
    containers: [
      // Whoever ends what another began has no baseline: each port has to answer.
      ['--name', 'web', '--init', '--restart', 'always', '-p', '91:80', ...SHELL, SERVE('web', 80)],
      ['--name', 'side', '--init', '--restart', 'always', '--link', 'web:w', '-p', '94:80', ...SHELL, READS_LINK],
    ],
    work: APPLY,
    end: ['side running', 'side.BAK exited', 'web running', 'web.BAK exited'],
    answers: { 8091: 'web', 8094: 'web' },
  },
  'a rollback': {
    containers: [PLAIN],
    before: APPLY,
    work: ROLLBACK,
    end: ['web running'],
    answers: { 91: 'web' },
  },
  'a rollback with a dependant': {
    containers: [PLAIN, SIDE],
    before: APPLY,
    work: ROLLBACK,
    end: ['side running', 'web running'],
    answers: { 91: 'web', 92: 'side' },
  },
};

const MISHAPS: readonly Mishap[] = [
  ['after', 'enforce is killed'],
  ['before', 'enforce is killed'],
  ['after', 'the engine is killed'],
  ['after', 'the power fails'],
];

/** The two in which every step there is occurs. */
const SHORT = ['a change with a dependant', 'a rollback with a dependant'];

const CASES = Object.entries(KINDS)
  .filter(([name]) => IS_LONG || SHORT.includes(name))
  .flatMap(([name, kind]) =>
    (IS_LONG ? MISHAPS : MISHAPS.slice(0, 1)).map((mishap) => ({
      name,
      kind,
      mishap,
      when: mishap[0],
      what: mishap[1],
    })),
  );

describeLab('at calls that write on a real host', () => {
  const lab = withLab(2);
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'enforce-killed-'));
    await Promise.all(lab().hosts.map(({ docker }) => busyboxImage(docker)));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(CASES)(
    '$what $when it, in $name: the next run ends it, and nothing is lost or doubled',
    async ({ kind, mishap }) => {
      const tried: string[] = [];
      const wrong: string[] = [];
      let next = 1;
      let last = Infinity;
      const takeNext = (): number => {
        next += STRIDE;
        return next - STRIDE;
      };
      const onHost = async (host: LabHost): Promise<void> => {
        for (let atCall = takeNext(); atCall <= last; atCall = takeNext()) {
          const { met, rows } = await tryAt(atCall, host, kind, mishap, folder);
          if (met === undefined) last = Math.min(last, atCall);
          else tried.push(`${atCall} ${met}`);
          wrong.push(...rows.map((row) => `${atCall} ${met ?? 'nothing'}: ${row}`));
        }
      };

      await Promise.all(lab().hosts.map(onHost));

      console.log(`${tried.length} calls: ${tried.join(', ')}`);
      expect(wrong).toEqual([]);
      expect(tried.length).toBeGreaterThan(5);
    },
    TIMEOUT,
  );
});
