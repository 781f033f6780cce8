/** A number of the host's → what a container calls the same user or group. */
export type IdMap = (hostId: number) => number;

/**
 * Reads a `uid_map` or `gid_map`. With user namespaces (userns-remap, rootless) a container's root is nobody in particular
 * on the host; everywhere in enforce an id of a container's is the one that the container itself sees. One that has no
 * place in it is the kernel's own nobody.
 */
export function idMap(rows: readonly string[]): IdMap {
  const ranges = rows.flatMap((row) => {
    const [inside, outside, length] = row.trim().split(/\s+/).map(Number);
    if (inside === undefined || outside === undefined || length === undefined) return [];
    return [inside, outside, length].every(Number.isSafeInteger) ? [{ inside, outside, length }] : [];
  });
  if (ranges.length === 0) return (id) => id;
  return (id) => {
    const range = ranges.find(({ outside, length }) => id >= outside && id < outside + length);
    return range ? range.inside + id - range.outside : NOBODY;
  };
}

/** /proc/sys/kernel/overflowuid, and overflowgid. */
const NOBODY = 65_534;
