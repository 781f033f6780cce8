import type { Evidence } from '../model/evidence.ts';

/** Why a capability is kept that somebody put on the container's own list. */
export const ASKED_BY_NAME = 'asked for by name (cap_add)';

/**
 * Whether a reason is what one container's list says, and tells nothing of others that are made the same way: they have
 * lists of their own, and this one may be what enforce made of a guess.
 */
export function isOwnSetting({ class: kind, because }: Pick<Evidence, 'class' | 'because'>): boolean {
  return kind === 'configuration' && because.includes(ASKED_BY_NAME);
}
