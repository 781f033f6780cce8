import type { Inventory } from '../model/inventory.ts';
import { EnforceError } from '../model/errors.ts';
import type { Window } from '../model/playbook.ts';
import { selectHosts } from './select-hosts.ts';

/** The windows that are for each host of an inventory, by its name. A pattern that names nothing is an error: nobody would be kept out by it. */
export function hostWindows(windows: readonly Window[], inventory: Inventory): ReadonlyMap<string, readonly Window[]> {
  const meant = windows.map((window) => ({ window, hosts: hostsOf(window, inventory) }));
  return new Map(
    inventory.hosts.map((host) => [
      host.name,
      meant.filter(({ hosts }) => hosts.has(host.name)).map(({ window }) => window),
    ]),
  );
}

function hostsOf({ name, hosts }: Window, inventory: Inventory): ReadonlySet<string> {
  try {
    return new Set(selectHosts(inventory, hosts).map((host) => host.name));
  } catch (error) {
    if (!(error instanceof EnforceError) || hosts === undefined) throw error;
    throw new EnforceError(error.code, `window ${name}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

/** What to think of before a window is relied on: a zone whose clock never changes is seldom the one that was meant. */
export function windowWarnings(windows: readonly Window[]): readonly string[] {
  return windows
    .filter(({ timezone }) => /^(?:EST|MST|HST|Etc\/GMT[+-]\d+)$/i.test(timezone))
    .map(
      ({ name, timezone }) =>
        `window ${name}: the clock of ${timezone} knows no daylight saving time, as that of America/New_York, say, does`,
    );
}
