/**
 * Whether a text matches a glob, where `*` is any run of characters and `?` one; the whole text must match.
 * Runs in length × length at worst, so a hostile name cannot stall it.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let globAt = 0;
  let textAt = 0;
  let starAt = -1;
  let retryAt = 0;
  while (textAt < text.length) {
    const wanted = glob[globAt];
    if (wanted === '*') {
      starAt = globAt++;
      retryAt = textAt;
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[textAt])) {
      globAt++;
      textAt++;
    } else if (starAt >= 0) {
      globAt = starAt + 1;
      textAt = ++retryAt;
    } else {
      return false;
    }
  }
  while (glob[globAt] === '*') globAt++;
  return globAt === glob.length;
}
