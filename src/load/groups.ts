import { badInventory, type Declaration, type Place } from './declaration.ts';

/** The groups of an inventory and what contains what. */
export interface Groups {
  readonly names: ReadonlySet<string>;
  /** Groups that contain the group, directly or not, `all` included. */
  ancestorsOf(group: string): ReadonlySet<string>;
}

/** Puts the declared groups together; a group that contains itself is an error that names where. */
export function readGroups(declarations: readonly Declaration[]): Groups {
  const parents = new Map<string, Map<string, Place>>();
  const names = new Set(['all']);
  for (const declaration of declarations) {
    if (declaration.kind === 'group' || declaration.kind === 'host') names.add(declaration.group);
    if (declaration.kind !== 'child') continue;
    names.add(declaration.child);
    const known = parents.get(declaration.child) ?? new Map<string, Place>();
    known.set(declaration.group, declaration.place);
    parents.set(declaration.child, known);
  }
  const ancestors = new Map<string, ReadonlySet<string>>();
  const ancestorsOf = (group: string): ReadonlySet<string> => {
    const known = ancestors.get(group);
    if (known !== undefined) return known;
    const found = new Set(group === 'all' ? [] : ['all']);
    const left = [...(parents.get(group) ?? [])];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [parent, place] = next;
      if (parent === group)
        throw badInventory(place, `the group ${group} contains itself; expected groups without a circle`);
      // A circle further up is told when its own groups are asked for; here it must only not go on for ever.
      if (found.has(parent) && parent !== 'all') continue;
      found.add(parent);
      left.push(...(parents.get(parent) ?? []));
    }
    ancestors.set(group, found);
    return found;
  };
  for (const name of names) ancestorsOf(name);
  return { names, ancestorsOf };
}
