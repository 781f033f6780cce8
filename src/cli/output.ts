import type { World } from './world.ts';

/** Whether a stream is written to in colour (no-color.org; FORCE_COLOR wins over all but --no-color). */
export function usesColors(stream: { readonly isTTY?: boolean }, { environment }: World, asked: boolean): boolean {
  if (!asked) return false;
  if (environment['FORCE_COLOR']) return environment['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}
