import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Whereabouts } from '../model/machine.ts';
import { whereabouts } from '../scan/whereabouts.ts';

/** In which containers this very process runs; nothing where there is no /proc, as beyond Linux. */
export function readItself(): Whereabouts {
  return itselfFrom({
    mountinfo: textOf('/proc/self/mountinfo'),
    cgroup: textOf('/proc/self/cgroup'),
    hostName: hostname(),
    isContained: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
  });
}

/** What a machine tells of the process that runs on it. */
export interface OwnSigns {
  readonly mountinfo: string;
  readonly cgroup: string;
  readonly hostName: string;
  /** Whether an engine left its mark in the root folder. */
  readonly isContained: boolean;
}

/** The same from what was read. A host may be called like a container's id, so its name counts only beside another sign. */
export function itselfFrom({ mountinfo, cgroup, hostName, isContained }: OwnSigns): Whereabouts {
  const { containerIds } = whereabouts({ mountinfo, cgroup });
  const isShortId = isContained && /^[0-9a-f]{12}$/.test(hostName);
  return { containerIds: isShortId ? [...containerIds, hostName] : containerIds };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
