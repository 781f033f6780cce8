import type { JsonObject } from '../model/json.ts';

/** What every document begins with. */
export function documentHead(generatedAt: string, unreadHosts: number): JsonObject {
  return { ...documentStart(generatedAt), ...documentVerdict(unreadHosts) };
}

/** The part of it that is known before anything is read. */
export function documentStart(generatedAt: string): JsonObject {
  return { format_version: FORMAT_VERSION, generated_at: generatedAt };
}

/**
 * The part of it that is known in the end. `errored`: a host could not be read. `complete`: the answer covers every host
 * that was asked; where it does not, what is missing must not be read as fine.
 */
export function documentVerdict(unreadHosts: number): JsonObject {
  return { errored: unreadHosts > 0, complete: unreadHosts === 0 };
}

// Its first part changes only when a field changes its meaning.
const FORMAT_VERSION = '1.0';
