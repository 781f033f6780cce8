import type { Catalogue, CatalogueCondition, CatalogueEntry } from '../model/catalogue.ts';
import type { Evidence } from '../model/evidence.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Container } from '../model/snapshot.ts';
import { isNonRoot } from './configuration-needs.ts';
import { foreignFolders } from './latent-rules.ts';

/** A catalogue entry that is about a container, as reasons to keep capabilities. */
export interface CatalogueMatch {
  readonly image: string;
  readonly source: string;
  readonly confidence: CatalogueEntry['confidence'];
  readonly evidence: readonly Evidence[];
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
  const { keep, also, rare = {}, source, confidence } = entry;
  const reason = (capability: string, because: string): Evidence => ({
    capability,
    class: 'catalogue',
    because: `${because} (${source})`,
  });
  const kept = keep.map((name): Evidence => {
    const when = Object.hasOwn(rare, name) ? rare[name] : undefined;
    return when === undefined
      ? reason(name, `known for ${image}`)
      : { ...reason(name, `known for ${image}: ${when}`), isRare: true };
  });
  const further = also
    .filter(({ when }) => holds(when, container))
    .flatMap(({ keep: names, because }) => names.map((name) => reason(name, because)));
  return { image, source, confidence, evidence: [...further, ...kept] };
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

function holds(condition: CatalogueCondition, { inspect, details }: Container): boolean {
  const runtime = details?.runtime;
  if (typeof condition === 'object') {
    if ('process' in condition)
      return (
        runtime?.processes.known === true && runtime.processes.value.some(({ name }) => name === condition.process)
      );
    const name = 'environment' in condition ? condition.environment : condition.no_environment;
    const isSet = (inspect.Config.Env ?? []).some((text) => text.startsWith(`${name}=`));
    return isSet === 'environment' in condition;
  }
  switch (condition) {
    case 'bind-mount':
      return (inspect.Mounts ?? []).some(({ Type }) => Type === 'bind');
    case 'host-network':
      return inspect.HostConfig.NetworkMode === 'host';
    case 'foreign-folder':
      return runtime !== undefined && foreignFolders(runtime).some(({ mode }) => (mode & 0o005) !== 0o005);
    case 'file-capabilities':
      return (
        runtime?.poweredFiles.known === true && runtime.poweredFiles.value.some((file) => file.capabilities !== null)
      );
  }
}
