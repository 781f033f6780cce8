import type { Container, ContainerInspect } from '../model/snapshot.ts';

/** The repository of a container's image as it was named, without registry, tag and digest: `portainer/portainer-ce`. */
export function imageName({ inspect }: Container): string {
  const known = names.get(inspect);
  if (known !== undefined) return known;
  const name = repositoryOf(inspect);
  names.set(inspect, name);
  return name;
}

/** Each container is asked about for every other of its host. */
const names = new WeakMap<ContainerInspect, string>();

function repositoryOf(inspect: ContainerInspect): string {
  const repository = inspect.Config.Image.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^/:]*$/, '');
  const [first = '', ...rest] = repository.split('/');
  // A registry has a dot or a port in its name, an account has neither.
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join('/') : repository;
}
