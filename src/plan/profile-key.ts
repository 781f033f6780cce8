import { createHash } from 'node:crypto';
import { hasNoNewPrivileges } from '../model/no-new-privileges.ts';
import type { ProfileKey } from '../model/learned.ts';
import type { Known } from '../model/machine.ts';
import type { MountedFolder, StartText } from '../model/runtime.ts';
import type { Container } from '../model/snapshot.ts';
import { repositoryOf } from './catalogued.ts';

/** What a container must have in common with another for what was learned of one to hold for the other. */
export function profileKeyOf(container: Container): ProfileKey {
  const { inspect, details } = container;
  const { Config, HostConfig } = inspect;
  const runtime = details?.runtime;
  return {
    repository: fullRepository(repositoryOf(container)),
    tag: tagOf(container),
    imageId: inspect.Image,
    startDigest: runtime ? startDigest(runtime.startTexts) : null,
    user: Config.User ?? '',
    entrypoint: programText(Config.Entrypoint ?? [], true),
    command: programText(Config.Cmd ?? [], (Config.Cmd ?? []).includes('-c')),
    network: networkOf(HostConfig.NetworkMode ?? ''),
    hasNoNewPrivileges: hasNoNewPrivileges(HostConfig),
    folders: runtime?.mountedFolders.known ? topFolders(container, runtime.mountedFolders.value) : [],
  };
}

function fullRepository(repository: string): string {
  const [first = '', ...rest] = repository.split('/');
  if (rest.length === 0) return `docker.io/library/${repository}`;
  return /[.:]/.test(first) || first === 'localhost' ? repository : `docker.io/${repository}`;
}

function tagOf({ inspect, details }: Container): string {
  const named = inspect.Config.Image;
  const reference = /^(sha256:)?[0-9a-f]{12,64}$/.test(named) ? (details?.image?.tags[0] ?? '') : named;
  return /:([^:/@]+)(?:@.*)?$/.exec(reference.replace(/@sha256:[0-9a-f]+$/, ''))?.[1] ?? 'latest';
}

/** Its words may hold secrets: beyond the program they appear as a digest. */
function programText([program = '', ...words]: readonly string[], countsWords: boolean): string {
  return countsWords && words.length > 0 ? `${program} ${sha256(JSON.stringify(words))}` : program;
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function networkOf(mode: string): ProfileKey['network'] {
  if (mode === 'host') return 'host';
  return mode.startsWith('container:') ? 'container' : 'private';
}

function startDigest(texts: Known<readonly StartText[]>): string | null {
  if (!texts.known) return null;
  const parts = texts.value.map(({ path, text }) => [path, text]);
  return sha256(JSON.stringify(parts));
}

/** What is inside a volume changes all the time; what matters is who owns it, and whether anything is there. */
function topFolders({ inspect }: Container, folders: readonly MountedFolder[]): ProfileKey['folders'] {
  const mounted = new Set((inspect.Mounts ?? []).map(({ Destination }) => Destination));
  return folders
    .filter(({ path }) => mounted.has(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, kind, ownerId, mode, isEmpty }) => ({
      path,
      kind,
      ownerId,
      mode: `0${mode.toString(8)}`,
      state: isEmpty ? 'empty' : 'initialised',
    }));
}
