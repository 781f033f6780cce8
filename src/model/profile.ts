import { matchesGlob } from './glob.ts';
import type { CapabilityProfile, CapabilitySettings, ContainerCapabilities } from './playbook.ts';
import type { Container } from './snapshot.ts';
import { baseName } from './base-name.ts';

const BY_NAME = 'container:';

/** The profile a playbook pins for a container: the first that names the container, else the first that fits its image. */
export function profileFor(
  container: Container,
  settings: Pick<CapabilitySettings, 'profiles'>,
): CapabilityProfile | undefined {
  const image = container.inspect.Config.Image;
  return (
    settings.profiles.find(
      ({ match }) => match.startsWith(BY_NAME) && matchesGlob(match.slice(BY_NAME.length), container.name),
    ) ?? settings.profiles.find(({ match }) => !match.startsWith(BY_NAME) && fitsImage(match, image))
  );
}

/** What a person says of a container's capabilities: the first that matches, whether it still holds or not. */
export function entryFor(
  { name, inspect }: Container,
  { containers }: Pick<CapabilitySettings, 'containers'>,
): ContainerCapabilities | undefined {
  return containers.find(
    ({ match }) =>
      (match.container === undefined || matchesGlob(match.container, name)) &&
      (match.image === undefined || fitsImage(match.image, inspect.Config.Image)),
  );
}

/** Whether it holds on a day, `YYYY-MM-DD`: through the end of its last. */
export function holdsOn({ expires }: Pick<ContainerCapabilities, 'expires'>, day: string): boolean {
  return expires === undefined || day <= expires;
}

/** The capabilities that a playbook gives a container by name on a day. */
export function pinnedNames(container: Container, settings: CapabilitySettings, day: string): readonly string[] {
  const entry = entryFor(container, settings);
  const own = entry !== undefined && holdsOn(entry, day) ? [...entry.add, ...entry.floor] : [];
  const profile = entry?.mode === 'pin' ? [] : (profileFor(container, settings)?.keep ?? []);
  return [...new Set([...own, ...profile])];
}

/** Whether a glob fits an image as a container names it: `nginx` is `nginx:latest`, so `nginx:*` fits it too. */
export function fitsImage(glob: string, image: string): boolean {
  if (matchesGlob(glob, image)) return true;
  const lastPart = baseName(image);
  return !/[:@]/.test(lastPart) && matchesGlob(glob, `${image}:latest`);
}
