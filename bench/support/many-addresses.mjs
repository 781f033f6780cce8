// Thousands of addresses of one lab host, as if they were hosts: one sshd and one engine answer on all of them.
import { execFileSync } from 'node:child_process';

/** Calls the work with so many addresses (of 198.18.0.0/15, which is set apart for benchmarks). */
export async function withAddresses({ address, pid }, count, work) {
  const inside = (...words) => execFileSync('nsenter', ['-t', pid, '-n', ...words]);
  inside('ip', 'route', 'add', 'local', '198.18.0.0/15', 'dev', 'lo');
  execFileSync('ip', ['route', 'add', '198.18.0.0/15', 'via', address]);
  try {
    await work(Array.from({ length: count }, (_, at) => `198.18.${1 + Math.floor(at / 250)}.${1 + (at % 250)}`));
  } finally {
    execFileSync('ip', ['route', 'del', '198.18.0.0/15']);
  }
}
