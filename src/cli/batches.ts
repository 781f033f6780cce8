/** Hosts in batches of the sizes a playbook gives, each a count or a share of all; the last size goes on until all are done. */
export function batchesOf(
  hosts: readonly string[],
  sizes: readonly (number | `${number}%`)[],
): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = [];
  for (let begun = 0, index = 0; begun < hosts.length; index++) {
    const size = sizeOf(sizes[Math.min(index, sizes.length - 1)] ?? '100%', hosts.length);
    batches.push(hosts.slice(begun, begun + size));
    begun += size;
  }
  return batches;
}

/** A share is rounded down, and is never nothing. */
function sizeOf(size: number | `${number}%`, all: number): number {
  return typeof size === 'number'
    ? Math.max(1, size)
    : Math.max(1, Math.floor((all * Number(size.slice(0, -1))) / 100));
}
