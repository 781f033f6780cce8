// Runs commands in turn, A B C A B C …, and tells of each its wall time, its processor time with all it started, and the
// most memory it had itself; and the ratios of the first to the others, pair by pair. Medians, as machines are noisy.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a command: milliseconds of wall and processor, mebibytes at most. */
export async function once({ command, env = {}, accepts = [0], repeat = 1 }) {
  const before = childMilliseconds();
  const begun = performance.now();
  let peak = 0;
  for (let time = 0; time < repeat; time++) peak = Math.max(peak, await run(command, env, accepts));
  return {
    wall: (performance.now() - begun) / repeat,
    cpu: (childMilliseconds() - before) / repeat,
    peak,
  };
}

/** So many rounds of all subjects in turn, after some that are not counted. */
export async function inTurn(subjects, rounds, uncounted = 1) {
  const runs = subjects.map(() => []);
  for (let round = -uncounted; round < rounds; round++)
    for (const [at, subject] of subjects.entries()) {
      const figures = await once(subject);
      if (round >= 0) runs[at].push({ ...figures, ...(subject.extra?.() ?? {}) });
    }
  return runs;
}

/** The middle one of some numbers. */
export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Prints a row for each subject, and the ratios of the first to it. */
export function report(title, subjects, runs, figures = ['wall', 'cpu']) {
  console.log(`\n${title} (medians of ${runs[0].length}, in turn)`);
  for (const [at, subject] of subjects.entries()) {
    const own = figures.map((figure) => `${figure} ${median(runs[at].map((run) => run[figure])).toFixed(0)} ms`);
    const ratios = figures.map(
      (figure) =>
        `${figure} × ${median(runs[0].map((run, round) => run[figure] / runs[at][round][figure])).toFixed(2)}`,
    );
    console.log(
      `  ${subject.name.padEnd(52)} ${own.join('  ')}${at === 0 ? '' : `   enforce is ${ratios.join('  ')}`}`,
    );
  }
}

function run([program, ...words], env, accepts) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let peak = 0;
    let said = '';
    const look = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 10);
    child.stdout.resume();
    child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      if (accepts.includes(code)) resolve(peak);
      else reject(new Error(`${[program, ...words].join(' ').slice(0, 300)} ended with ${code}: ${said}`));
    });
  });
}

function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** What all processes that have ended under this one took of a processor, and theirs. */
function childMilliseconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
