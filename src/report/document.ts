import type { JsonObject } from '../model/json.ts';

/**
 * What every document begins with. `errored`: a host could not be read. `complete`: the answer covers every host that was
 * asked; where it does not, what is missing must not be read as fine.
 */
export function documentHead(generatedAt: string, unreadHosts: number): JsonObject {
  return {
    format_version: FORMAT_VERSION,
    generated_at: generatedAt,
    errored: unreadHosts > 0,
    complete: unreadHosts === 0,
  };
}

// Its first part changes only when a field changes its meaning.
const FORMAT_VERSION = '1.0';
