import type { ContainerInspect } from './snapshot.ts';

/** How a container refers to another that it cannot do without. */
export interface Reference {
  /** The setting: `network_mode`, `pid`, `ipc`, `volumes_from` or `link`. */
  readonly through: 'network_mode' | 'pid' | 'ipc' | 'volumes_from' | 'link';
  /** A name or an id, as the engine has it. */
  readonly to: string;
}

/** What a container refers to by its settings (recreate.md §12). */
export function referencesOf({ HostConfig }: ContainerInspect): readonly Reference[] {
  const { NetworkMode = '', PidMode = '', IpcMode = '', VolumesFrom, Links } = HostConfig;
  const modes = [
    { through: 'network_mode', mode: NetworkMode },
    { through: 'pid', mode: PidMode },
    { through: 'ipc', mode: IpcMode },
  ] as const;
  return [
    ...modes.flatMap(({ through, mode }) =>
      mode.startsWith('container:') ? [{ through, to: mode.slice('container:'.length) }] : [],
    ),
    // `data:ro`, `/db:/app/mydb`: a name holds no colon.
    ...(VolumesFrom ?? []).map((text): Reference => ({ through: 'volumes_from', to: text.split(':')[0] ?? '' })),
    ...(Links ?? []).map((text): Reference => ({ through: 'link', to: (text.split(':')[0] ?? '').replace(/^\//, '') })),
  ];
}

/** A container, by id and name, with what it refers to. */
export interface Referring {
  readonly id: string;
  readonly name: string;
  readonly inspect: ContainerInspect;
}

/** A container that holds on to others of a unit, and by which settings. */
export interface Dependant<Member extends Referring> {
  readonly member: Member;
  readonly through: readonly Reference['through'][];
}

/** Who holds on to whom among the containers of a host, looked up once for all of them. */
export interface Holders<Member extends Referring> {
  /** By id, those that hold on to it directly. */
  readonly of: ReadonlyMap<string, readonly Dependant<Member>[]>;
}

/**
 * Finds who holds on to whom so that it breaks when the other is made again: every reference by id, and a link, which the
 * engine keeps by id whatever it shows (N14). Volumes of another, by name, are found by name again.
 */
export function holdersAmong<Member extends Referring>(all: readonly Member[]): Holders<Member> {
  const byName = new Map(all.map((one) => [one.name, one]));
  const sorted = all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const of = new Map<string, Dependant<Member>[]>();
  for (const member of all) {
    const held = new Map<string, Reference['through'][]>();
    for (const { through, to } of referencesOf(member.inspect)) {
      const named = byName.get(to.replace(/^\//, ''));
      if (named && through === 'volumes_from') continue;
      const target = named ?? byPrefix(to.replace(/^\//, ''), sorted);
      if (!target || target.id === member.id) continue;
      const known = held.get(target.id) ?? [];
      if (!known.includes(through)) held.set(target.id, [...known, through]);
    }
    for (const [id, through] of held) {
      const dependants = of.get(id) ?? [];
      dependants.push({ member, through });
      of.set(id, dependants);
    }
  }
  return { of };
}

/** The engine takes the beginning of an id for the whole; `sorted` is by id. */
function byPrefix<Member extends Referring>(text: string, sorted: readonly Member[]): Member | undefined {
  if (!/^[0-9a-f]{1,64}$/.test(text)) return undefined;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.id ?? '') < text) low = middle + 1;
    else high = middle;
  }
  const found = sorted[low];
  return found?.id.startsWith(text) ? found : undefined;
}

/** All that hold on to a container, directly or through others; each stands after everyone it holds on to. */
export function dependantsIn<Member extends Referring>(
  leader: Member,
  { of }: Holders<Member>,
): readonly Dependant<Member>[] {
  const found = new Map<string, Dependant<Member>>();
  // Depth first, each set down once all that hold on to it were: backwards, that is the order in which they can be made.
  const seen = new Set<string>([leader.id]);
  const order: string[] = [];
  const open: { readonly id: string; next: number }[] = [{ id: leader.id, next: 0 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    // The last first, so that backwards the first comes first.
    const dependant = of.get(top.id)?.at(-1 - top.next++);
    if (!dependant) {
      order.push(top.id);
      open.pop();
      continue;
    }
    const { member, through } = dependant;
    const known = found.get(member.id)?.through ?? [];
    if (member.id !== leader.id) found.set(member.id, { member, through: [...new Set([...known, ...through])] });
    if (seen.has(member.id)) continue;
    seen.add(member.id);
    open.push({ id: member.id, next: 0 });
  }
  return order.reverse().flatMap((id) => found.get(id) ?? []);
}
