import type { Blocked } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';
import { imageName } from './image-name.ts';

/** How a container can talk to an engine: the socket it mounts, or the name of the variable that leads to one. */
export function engineAccess({ inspect }: Container): string | undefined {
  const mounted = (inspect.Mounts ?? []).find(({ Source = '' }) => /\/(?:docker|podman)\.sock$/.test(Source));
  if (mounted) return mounted.Source;
  const hasVariable = (inspect.Config.Env ?? []).some((entry) => entry.startsWith('DOCKER_HOST='));
  return hasVariable ? 'DOCKER_HOST' : undefined;
}

/** Programs that start, stop or remove other containers on their own account; the owner is named for messages. */
const CARETAKERS: readonly { readonly image: RegExp; readonly title: string }[] = [
  { image: /^portainer\/(?:portainer(?:-ce|-ee)?|agent)$/, title: 'Portainer' },
  { image: /(?:^|\/)watchtower$/, title: 'watchtower' },
  { image: /(?:^|\/)ouroboros$/, title: 'ouroboros' },
  { image: /(?:^|\/)(?:docker-)?autoheal$/, title: 'autoheal' },
  { image: /(?:^|\/)dockhand$/, title: 'Dockhand' },
  { image: /(?:^|\/)dockge$/, title: 'Dockge' },
  { image: /(?:^|\/)(?:getwud\/wud|whats-up-docker)$/, title: "What's up Docker" },
  { image: /(?:^|\/)(?:komodo-(?:core|periphery)|arcane)$/, title: 'a container manager' },
  { image: /(?:^|\/)(?:coolify|caprover|dokploy)$/, title: 'a deployment platform' },
  { image: /(?:^|\/)(?:gitlab-runner|act_runner|drone-runner-docker)$/, title: 'a runner of jobs' },
  { image: /(?:^|\/)(?:amazon-ecs-agent|rancher\/agent)$/, title: 'an agent of a cluster' },
];

/** What manages containers is not recreated beside those it manages: it would act on both of its own, and on the others meanwhile. */
export function managesContainers(container: Container): Blocked | undefined {
  const image = imageName(container);
  const hasLabel = container.inspect.Config.Labels?.['com.centurylinklabs.watchtower'] === 'true';
  const caretaker = hasLabel ? { title: 'watchtower' } : CARETAKERS.find((known) => known.image.test(image));
  if (!caretaker || (!hasLabel && engineAccess(container) === undefined)) return undefined;
  return {
    because: `it is ${caretaker.title}, which itself starts, stops or removes containers on this engine: recreated by another, it would meet its old self`,
    hint: 'change it by hand, when everything else is done, the way it was made',
  };
}
