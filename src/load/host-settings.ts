import { byConnectionKey, type ConnectionKey } from './connection-variables.ts';
import { badInventory, type Declaration, placeText, type Variable } from './declaration.ts';
import type { Groups } from './groups.ts';
import type { Settings } from './host-address.ts';
import { shown } from './problem.ts';

/** The variables that one place gives a host, and how near to the host that place is. */
interface Layer {
  readonly group: string;
  readonly fromFolder: boolean;
  readonly variables: ReadonlyMap<ConnectionKey, Variable>;
}

/** Finds the variables that hold for each host: host_vars, then the host itself, then its groups, children before parents. */
export function hostSettings(declarations: readonly Declaration[], groups: Groups): (host: string) => Settings {
  const ownFiles = new Map<string, Layer[]>();
  const mentions = new Map<string, Layer[]>();
  const ofGroups = new Map<string, Layer[]>();
  for (const declaration of declarations) {
    switch (declaration.kind) {
      case 'host-variables':
        append(ownFiles, declaration.host, layer('all', true, declaration.variables));
        break;
      case 'host':
        append(mentions, declaration.host, layer(declaration.group, false, declaration.variables));
        break;
      case 'group-variables':
        append(ofGroups, declaration.group, layer(declaration.group, declaration.fromFolder, declaration.variables));
        break;
      case 'group':
      case 'child':
        break;
    }
  }
  return (host) => {
    const own = mentions.get(host) ?? [];
    const containing = new Set(own.flatMap(({ group }) => [group, ...groups.ancestorsOf(group)]));
    const levels = [ownFiles.get(host) ?? [], own, [...containing].flatMap((group) => ofGroups.get(group) ?? [])];
    const keys = new Set(levels.flat().flatMap(({ variables }) => [...variables.keys()]));
    return new Map(
      [...keys].flatMap((key) => {
        const variable = strongest(host, key, levels, groups);
        return variable === undefined ? [] : [[key, variable] as const];
      }),
    );
  };
}

function strongest(
  host: string,
  key: ConnectionKey,
  levels: readonly (readonly Layer[])[],
  groups: Groups,
): Variable | undefined {
  for (const level of levels) {
    const layers = level.filter(({ variables }) => variables.has(key));
    const nearest = layers.filter((one) => !layers.some((other) => outranks(other, one, groups)));
    const [first, ...others] = nearest.flatMap(({ variables }) => variables.get(key) ?? []);
    const other = others.find(({ value }) => String(value) !== String(first?.value));
    if (first !== undefined && other !== undefined) throw contradiction(host, first, other);
    if (first !== undefined) return first;
  }
  return undefined;
}

function outranks(one: Layer, other: Layer, groups: Groups): boolean {
  if (one.group === other.group) return one.fromFolder && !other.fromFolder;
  return groups.ancestorsOf(one.group).has(other.group);
}

function contradiction(host: string, first: Variable, other: Variable): Error {
  const text = `gives ${host} ${shown(first.value)}, and ${placeText(other.place)} gives it ${shown(other.value)}; expected one value (set it on the host)`;
  return badInventory(first.place, text);
}

function layer(group: string, fromFolder: boolean, variables: readonly Variable[]): Layer {
  return { group, fromFolder, variables: byConnectionKey(variables) };
}

function append(layers: Map<string, Layer[]>, key: string, one: Layer): void {
  const known = layers.get(key);
  if (known === undefined) layers.set(key, [one]);
  else known.push(one);
}
