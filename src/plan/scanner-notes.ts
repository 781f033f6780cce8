import { DEFAULT_CAPABILITIES } from '../model/capabilities.ts';

/** What other scanners go on to say of a container that keeps these: they look at what was added, not at what is held. */
export function scannerNotes(kept: readonly string[], added: readonly string[]): readonly string[] {
  const beyond = kept.filter((name) => !DEFAULT_CAPABILITIES.includes(name));
  if (beyond.length === 0) return [];
  const although = added.length === 0 ? ', although it holds less than before' : '';
  return [
    `docker-bench (5.4) and other scanners ${beyond.every((name) => added.includes(name)) ? 'will' : 'go on to'} warn of ${beyond.join(', ')}${although}: it is needed, so accept it there`,
  ];
}
