import type { Container } from './snapshot.ts';

/**
 * The container whose network a container uses: itself, or the end of a chain of `container:` modes. Undefined where the
 * chain ends at a container that is gone, or goes round, which no engine makes.
 */
export function networkHolder(container: Container, containers: readonly Container[]): Container | undefined {
  const seen = new Set<string>();
  let current: Container | undefined = container;
  while (current && !seen.has(current.id)) {
    seen.add(current.id);
    const mode: string = current.inspect.HostConfig.NetworkMode ?? '';
    if (!mode.startsWith('container:')) return current;
    const joined = mode.slice('container:'.length);
    current = containers.find(({ id, name }) => id === joined || name === joined);
  }
  return undefined;
}
