import type { Owner } from '../model/plan.ts';
import type { Container } from '../model/snapshot.ts';

interface Manager {
  readonly kind: Owner['kind'];
  /** A label whose presence tells the manager. */
  readonly label: string;
  /** The label that names its project, service or unit. */
  readonly nameLabel?: string;
}

/** Labels by which managers mark what they created (recreate.md §13). The first that is present decides. */
const MANAGERS: readonly Manager[] = [
  { kind: 'swarm', label: 'com.docker.swarm.task.id', nameLabel: 'com.docker.swarm.service.name' },
  { kind: 'swarm', label: 'com.docker.swarm.service.id', nameLabel: 'com.docker.swarm.service.name' },
  { kind: 'kubernetes', label: 'io.kubernetes.pod.name', nameLabel: 'io.kubernetes.pod.name' },
  { kind: 'kubernetes', label: 'io.kubernetes.docker.type' },
  { kind: 'nomad', label: 'com.hashicorp.nomad.alloc_id', nameLabel: 'com.hashicorp.nomad.job_name' },
  { kind: 'ecs', label: 'com.amazonaws.ecs.task-arn', nameLabel: 'com.amazonaws.ecs.container-name' },
  { kind: 'home-assistant', label: 'supervisor_managed' },
  { kind: 'home-assistant', label: 'io.hass.type' },
  { kind: 'systemd', label: 'PODMAN_SYSTEMD_UNIT', nameLabel: 'PODMAN_SYSTEMD_UNIT' },
  { kind: 'other', label: 'net.unraid.docker.managed' },
  { kind: 'other', label: 'coolify.managed' },
  { kind: 'other', label: 'com.gitlab.gitlab-runner.managed' },
  { kind: 'other', label: 'io.x-k8s.kind.cluster' },
  { kind: 'other', label: 'com.dokku.app-name' },
  { kind: 'other', label: 'org.testcontainers' },
  { kind: 'other', label: 'created_by.minikube.sigs.k8s.io' },
  { kind: 'other', label: 'com.docker.compose.oneoff' },
];

/** Who created a container and would create it again, by the labels it carries. */
export function ownerOf({ inspect }: Container): Owner {
  const labels = inspect.Config.Labels ?? {};
  const manager = MANAGERS.find(({ label }) => Object.hasOwn(labels, label) && labels[label] !== 'False');
  if (manager)
    return withName(manager.kind, manager.nameLabel === undefined ? manager.label : labels[manager.nameLabel]);
  const project = labels['com.docker.compose.project'];
  if (project === undefined) return { kind: 'none' };
  const files = (labels['com.docker.compose.project.config_files'] ?? '').split(',').filter((file) => file !== '');
  const isPortainer = files.some((file) => /^\/data\/compose\/\d+\//.test(file));
  return { ...withName(isPortainer ? 'portainer' : 'compose', project), ...(files.length === 0 ? {} : { files }) };
}

function withName(kind: Owner['kind'], name: string | undefined): Owner {
  return name === undefined ? { kind } : { kind, name };
}

/** What to do instead where the owner would fight a change; undefined where enforce may change the container. */
export function insteadOf({ kind, name, files }: Owner): string | undefined {
  const named = name === undefined ? '' : ` ${name}`;
  switch (kind) {
    case 'none':
      return undefined;
    case 'compose':
      return `change ports, cap_drop and cap_add in ${files?.join(', ') ?? 'its compose file'} and run docker compose up -d: compose would bring the old container back`;
    case 'portainer':
      return `change the stack${named} in Portainer's editor`;
    case 'swarm':
      return `docker service update --publish-rm/--publish-add --cap-drop ALL --cap-add …${named}`;
    case 'kubernetes':
      return `change the pod specification of${named}`;
    case 'nomad':
      return `change the job specification of${named}`;
    case 'ecs':
      return `change the task definition of${named}`;
    case 'systemd':
      return `change the unit${named}`;
    case 'home-assistant':
      return 'change the add-on in Home Assistant';
    case 'other':
      return `change it where it is managed (label ${name ?? ''})`;
  }
}
