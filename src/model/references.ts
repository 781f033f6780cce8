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

/** Somebody who may be referred to. */
export interface Referable {
  readonly id: string;
  readonly name: string;
}

/**
 * Whether a reference breaks when a container is made again: every one by its id, and a link, which the engine keeps by
 * id whatever it shows (N14). Volumes of another, by name, are found by name again.
 */
function breaksWith({ through, to }: Reference, { id, name }: Referable, names: ReadonlySet<string>): boolean {
  const plain = to.replace(/^\//, '');
  if (names.has(plain)) return plain === name && through !== 'volumes_from';
  return /^[0-9a-f]{1,64}$/.test(plain) && id.startsWith(plain);
}

/** What is needed of a container to find who holds on to it. */
export interface Referring extends Referable {
  readonly inspect: ContainerInspect;
}

/** A container that holds on to others of a unit, and by which settings. */
export interface Dependant<Member extends Referring> {
  readonly member: Member;
  readonly through: readonly Reference['through'][];
}

/** All that hold on to a container, directly or through others; each stands after everyone it holds on to. */
export function dependantsIn<Member extends Referring>(
  leader: Member,
  all: readonly Member[],
): readonly Dependant<Member>[] {
  const names = new Set(all.map(({ name }) => name));
  const unit: Member[] = [leader];
  const found: Dependant<Member>[] = [];
  for (;;) {
    const next = all.find(
      (other) =>
        !unit.some(({ id }) => id === other.id) && holdsOn(other, unit, names).length > 0 && isNext(other, unit),
    );
    if (!next) return found;
    found.push({ member: next, through: holdsOn(next, unit, names) });
    unit.push(next);
  }

  /** Nobody outside the unit who will join it is referred to: they must be made before it. */
  function isNext(other: Member, soFar: readonly Member[]): boolean {
    const outside = all.filter(({ id }) => id !== other.id && !soFar.some((member) => member.id === id));
    return !outside.some((one) => holdsOn(one, soFar, names).length > 0 && holdsOn(other, [one], names).length > 0);
  }
}

function holdsOn(
  { inspect }: Referring,
  unit: readonly Referable[],
  names: ReadonlySet<string>,
): readonly Reference['through'][] {
  const through = referencesOf(inspect)
    .filter((reference) => unit.some((member) => breaksWith(reference, member, names)))
    .map((reference) => reference.through);
  return [...new Set(through)];
}
