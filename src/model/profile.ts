import { matchesGlob } from './glob.ts';
import type { CapabilityProfile, CapabilitySettings } from './playbook.ts';
import type { Container } from './snapshot.ts';

const BY_NAME = 'container:';

/** The profile a playbook pins for a container: the first that names the container, else the first that fits its image. */
export function profileFor(container: Container, settings: CapabilitySettings): CapabilityProfile | undefined {
  const image = container.inspect.Config.Image;
  return (
    settings.profiles.find(
      ({ match }) => match.startsWith(BY_NAME) && matchesGlob(match.slice(BY_NAME.length), container.name),
    ) ?? settings.profiles.find(({ match }) => !match.startsWith(BY_NAME) && fitsImage(match, image))
  );
}

/** Whether a glob fits an image as a container names it: `nginx` is `nginx:latest`, so `nginx:*` fits it too. */
export function fitsImage(glob: string, image: string): boolean {
  if (matchesGlob(glob, image)) return true;
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  return !/[:@]/.test(lastPart) && matchesGlob(glob, `${image}:latest`);
}
