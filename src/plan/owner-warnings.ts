import type { Owner } from '../model/owner.ts';
import type { Edit, PortMove } from '../model/plan.ts';
import { dependantsIn, holdersAmong } from '../model/references.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';

/** What is changed of a container, as far as its owner cares. */
export interface OwnedChange {
  readonly edits: readonly Edit[];
  readonly moves: readonly PortMove[];
}

/** What the owner's own files still say after a change, and what its next run would do to it; nothing where there is no owner. */
export function ownerWarnings(
  container: Container,
  owner: Owner,
  change: OwnedChange,
  snapshot: Snapshot,
): readonly string[] {
  if (owner.kind !== 'compose') return [];
  return [...stillInFile(owner, change), ...renewedUsers(container, snapshot), ...renewedItself(container, snapshot)];
}

/** Compose compares its file with what it noted at creation, never with the container: it stays until something else changes. */
function stillInFile(owner: Owner, { edits, moves }: OwnedChange): readonly string[] {
  const keys = COMPOSE_KEYS.flatMap(([key, at]) => (edits.some(({ path }) => path === at) ? [key] : []));
  if (keys.length === 0) return [];
  const ports = [...new Set(moves.map(({ from }) => from))].toSorted((a, b) => a - b);
  const still = ports.length === 0 ? 'still has the old capabilities' : `still publishes ${ports.join(', ')}`;
  const files = owner.files === undefined ? '' : ` (${owner.files.join(', ')})`;
  return [
    `compose project${owner.name === undefined ? '' : ` ${owner.name}`}${files} ${still}: change ${list(keys)} there, or the next docker compose up that recreates it brings the finding back`,
  ];
}

const COMPOSE_KEYS: readonly (readonly [key: string, path: string])[] = [
  ['ports', 'HostConfig.PortBindings'],
  ['cap_drop', 'HostConfig.CapDrop'],
  ['cap_add', 'HostConfig.CapAdd'],
  ['privileged', 'HostConfig.Privileged'],
];

/** What compose notes of a service that uses another's namespace has the other's id in it. */
function renewedUsers(container: Container, snapshot: Snapshot): readonly string[] {
  const project = projectOf(container);
  const named = dependantsIn(container, holdersAmong(snapshot.containers))
    .filter(({ member, through }) => through.some((how) => how !== 'link') && projectOf(member) === project)
    .map(({ member, through }) => `${member.name} (${through.join(', ')})`);
  if (named.length === 0) return [];
  return [
    `${list(named)} of the same project ${named.length === 1 ? 'uses' : 'use'} it by its id, which changes: the next docker compose up makes ${named.length === 1 ? 'it' : 'them'} again from the file, without what enforce changed there`,
  ];
}

function renewedItself(container: Container, snapshot: Snapshot): readonly string[] {
  const project = projectOf(container);
  const holders = holdersAmong(snapshot.containers);
  const used = snapshot.containers.filter(
    (other) =>
      projectOf(other) === project &&
      holders.of
        .get(other.id)
        ?.some(({ member, through }) => member.id === container.id && through.some((how) => how !== 'link')) === true,
  );
  if (used.length === 0) return [];
  const named = list(used.map(({ name }) => name));
  return [
    `it uses ${named} by id: whenever compose or enforce makes ${used.length === 1 ? 'that' : 'one of them'} again, the next docker compose up makes this one again from the file too`,
  ];
}

function projectOf({ inspect }: Container): string | undefined {
  return inspect.Config.Labels?.['com.docker.compose.project'];
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
