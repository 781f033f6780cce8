import type { OwnerKind } from '../model/owner.ts';

/** What a manager leaves on the containers it creates. */
export interface ManagerSign {
  readonly kind: OwnerKind;
  /** Labels that are all there; a value that is `false` is none. */
  readonly labels?: readonly string[];
  /** What the value of the first label must look like, where its presence alone tells too little. */
  readonly value?: RegExp;
  readonly container?: RegExp;
  readonly image?: RegExp;
  /** A file that a compose project was made from, as compose wrote it down. */
  readonly composeFile?: RegExp;
  /** Another container of the host, without which the name alone tells too little. */
  readonly beside?: string;
  /** The label that names its project, service or app. */
  readonly nameLabel?: string;
}

const SERVICE = 'com.docker.swarm.service.name';
const UUID = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';

/**
 * The signs of every manager (recreate.md §13), the first that is there decides: platforms built on swarm or compose
 * carry the labels of those too. Labels that a manager's own images carry are not among them, as whoever runs such an
 * image by hand has them.
 */
export const MANAGER_SIGNS: readonly ManagerSign[] = [
  // From the name of the service: CapRover's apps are services of swarm.
  { kind: 'caprover', labels: [SERVICE], value: /^(?:srv-captain--|captain-)/, nameLabel: SERVICE },
  { kind: 'swarm', labels: ['com.docker.swarm.task.id'], nameLabel: SERVICE },
  { kind: 'swarm', labels: ['com.docker.swarm.service.id'], nameLabel: SERVICE },
  { kind: 'swarm', labels: ['com.docker.swarm.task'], nameLabel: SERVICE },
  { kind: 'kubernetes', labels: ['io.kubernetes.pod.name'], nameLabel: 'io.kubernetes.pod.name' },
  { kind: 'kubernetes', labels: ['io.kubernetes.pod.uid'] },
  { kind: 'kubernetes', labels: ['io.kubernetes.container.name'] },
  { kind: 'kubernetes', labels: ['io.kubernetes.docker.type'] },
  // k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT
  { kind: 'kubernetes', container: /^k8s_(?:[^_]+_){4}\d+$/ },
  { kind: 'nomad', labels: ['com.hashicorp.nomad.alloc_id'], nameLabel: 'com.hashicorp.nomad.job_name' },
  { kind: 'nomad', container: new RegExp(`^.+-${UUID}$`) },
  { kind: 'ecs', labels: ['com.amazonaws.ecs.task-arn'], nameLabel: 'com.amazonaws.ecs.container-name' },
  { kind: 'ecs', labels: ['com.amazonaws.ecs.cluster'], nameLabel: 'com.amazonaws.ecs.container-name' },
  // ecs-FAMILY-REVISION-CONTAINER-HEX, and the agent itself.
  { kind: 'ecs', container: /^ecs-(?:.+-\d+-.+-[0-9a-f]{10,}|agent$)/ },
  { kind: 'home-assistant', labels: ['supervisor_managed'] },
  // The core image says `core` of itself wherever it runs, mostly without a supervisor.
  { kind: 'home-assistant', labels: ['io.hass.type'], value: /^(?!core$)/ },
  { kind: 'home-assistant', container: /^(?:hassio_|addon_)/ },
  { kind: 'home-assistant', container: /^homeassistant$/, beside: 'hassio_supervisor' },
  // Unraid's compose manager marks its containers `composeman`, and leaves them to compose.
  { kind: 'unraid', labels: ['net.unraid.docker.managed'], value: /^(?!composeman$)/ },
  { kind: 'coolify', labels: ['coolify.managed'], nameLabel: 'coolify.name' },
  { kind: 'dokku', labels: ['com.dokku.app-name'], nameLabel: 'com.dokku.app-name' },
  { kind: 'dokku', labels: ['dokku.service'], nameLabel: 'dokku.service' },
  { kind: 'dokploy', composeFile: /^\/etc\/dokploy\// },
  { kind: 'dokploy', container: /^dokploy(?:-traefik)?$/, image: /(?:^|\/)(?:dokploy|traefik)$/ },
  { kind: 'kamal', labels: ['service', 'role', 'destination'], nameLabel: 'service' },
  { kind: 'kamal', container: /^kamal-proxy$/ },
  { kind: 'balena', labels: ['io.balena.supervised'], nameLabel: 'io.balena.service-name' },
  { kind: 'balena', labels: ['io.resin.supervised'], nameLabel: 'io.resin.service-name' },
  { kind: 'balena', container: /^(?:balena|resin)_supervisor$/ },
  { kind: 'iot-edge', labels: ['net.azure-devices.edge.owner'] },
  { kind: 'iot-edge', container: /^(?:edgeAgent|edgeHub)$/ },
  { kind: 'casaos', composeFile: /^\/var\/lib\/casaos\// },
  { kind: 'casaos', labels: ['casaos'] },
  { kind: 'runtipi', labels: ['runtipi.managed'] },
  { kind: 'runtipi', composeFile: /\/runtipi\// },
  { kind: 'umbrel', composeFile: /\/umbrel\/(?:app-data\/.+\/)?docker-compose\.yml$/ },
  { kind: 'gitlab-runner', labels: ['com.gitlab.gitlab-runner.managed'] },
  { kind: 'gitlab-runner', labels: ['com.gitlab.gitlab-runner.job.id'] },
  { kind: 'testcontainers', labels: ['org.testcontainers'] },
  { kind: 'devcontainer', labels: ['devcontainer.local_folder'], nameLabel: 'devcontainer.local_folder' },
  { kind: 'devcontainer', labels: ['devcontainer.config_file'], nameLabel: 'devcontainer.config_file' },
  { kind: 'buildx', container: /^buildx_buildkit_/ },
  { kind: 'kind', labels: ['io.x-k8s.kind.cluster'], nameLabel: 'io.x-k8s.kind.cluster' },
  { kind: 'k3d', labels: ['k3d.cluster'], nameLabel: 'k3d.cluster' },
  { kind: 'k3d', labels: ['app'], value: /^k3d$/ },
  {
    kind: 'minikube',
    labels: ['created_by.minikube.sigs.k8s.io'],
    nameLabel: 'name.minikube.sigs.k8s.io',
  },
  { kind: 'systemd', labels: ['PODMAN_SYSTEMD_UNIT'], nameLabel: 'PODMAN_SYSTEMD_UNIT' },
  { kind: 'compose-run', labels: ['com.docker.compose.oneoff'], nameLabel: 'com.docker.compose.project' },
  { kind: 'portainer', composeFile: /^\/data\/compose\/\d+\//, nameLabel: 'com.docker.compose.project' },
  { kind: 'compose', labels: ['com.docker.compose.project'], nameLabel: 'com.docker.compose.project' },
];
