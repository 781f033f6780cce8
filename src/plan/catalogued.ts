import type { Catalogue, CatalogueCondition } from '../model/catalogue.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Container } from '../model/snapshot.ts';
import type { Needs } from './choose-capabilities.ts';
import { isNonRoot } from './configuration-needs.ts';

/** A catalogue entry that is about a container, as reasons to keep capabilities. */
export interface CatalogueMatch {
  readonly image: string;
  readonly source: string;
  readonly needs: Needs;
}

/** What the catalogue knows of a container's image, with the conditions that hold for this container. */
export function catalogued(container: Container, { entries }: Catalogue): CatalogueMatch | undefined {
  const image = repositoryOf(container);
  const user = isNonRoot(container) ? 'non-root' : 'root';
  const entry = entries.find(
    ({ images, user: wanted }) =>
      (wanted === 'any' || wanted === user) && images.some((glob) => matchesGlob(glob, image)),
  );
  if (!entry) return undefined;
  const reason = (because: string) => ({ evidence: 'catalogue' as const, because });
  const needs = new Map(entry.keep.map((name) => [name, reason(`known for ${image} (${entry.source})`)]));
  for (const { when, keep, because } of entry.also) {
    if (holds(when, container)) for (const name of keep) needs.set(name, reason(`${because} (${entry.source})`));
  }
  return { image, source: entry.source, needs };
}

/**
 * The repository in its short, canonical form: `nginx` for `docker.io/library/nginx:1.25@sha256:…`. Only Docker Hub is
 * shortened: `ghcr.io/someone/nginx` is somebody's own image and no catalogue entry is about it.
 */
export function repositoryOf({ inspect, details }: Container): string {
  const named = inspect.Config.Image;
  const reference = /^(sha256:)?[0-9a-f]{12,64}$/.test(named) ? (details?.image?.tags[0] ?? named) : named;
  const withoutDigest = reference.split('@')[0] ?? reference;
  const withoutTag = withoutDigest.replace(/:[^:/]*$/, '');
  return withoutTag.replace(/^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, '').replace(/^library\//, '');
}

function holds(condition: CatalogueCondition, { inspect }: Container): boolean {
  switch (condition) {
    case 'bind-mount':
      return (inspect.Mounts ?? []).some(({ Type }) => Type === 'bind');
    case 'host-network':
      return inspect.HostConfig.NetworkMode === 'host';
  }
}
