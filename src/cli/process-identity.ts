import { readFileSync, readlinkSync } from 'node:fs';
import type { LockHolder } from '../apply/tools.ts';

/**
 * This process, told apart from every other by boot, pid namespace, number and start, so that a lock it leaves behind is
 * known to be nobody's. Empty, and never judged, where the kernel does not tell.
 */
export function processIdentity(): Pick<LockHolder, 'process' | 'isGone'> {
  const place = placeOf();
  const start = place === undefined ? undefined : startOf('self');
  return {
    process: place === undefined || start === undefined ? '' : `${place} ${process.pid} ${start}`,
    // Numbers of another boot or namespace say nothing here.
    isGone: (name) => {
      const [boot, namespace, pid, started] = name.split(' ');
      if (pid === undefined || !/^\d+$/.test(pid) || `${boot} ${namespace}` !== place) return false;
      return startOf(pid) !== started;
    },
  };
}

function placeOf(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** When a process started, in ticks since boot: the 22nd field of its stat, counted behind the name in brackets. */
function startOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
