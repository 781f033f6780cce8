/** Every kind of owner; `none` is a container that a person or a script made with `docker run`. */
export const OWNER_KINDS = [
  'none',
  'compose',
  'compose-run',
  'swarm',
  'kubernetes',
  'nomad',
  'ecs',
  'portainer',
  'systemd',
  'script',
  'home-assistant',
  'unraid',
  'casaos',
  'umbrel',
  'runtipi',
  'coolify',
  'caprover',
  'dokku',
  'dokploy',
  'kamal',
  'balena',
  'iot-edge',
  'gitlab-runner',
  'testcontainers',
  'devcontainer',
  'buildx',
  'kind',
  'k3d',
  'minikube',
] as const;

/** What may have created a container. */
export type OwnerKind = (typeof OWNER_KINDS)[number];

/** Who created a container and would create it again. */
export interface Owner {
  readonly kind: OwnerKind;
  /** Project, service, unit or app, where its signs tell. */
  readonly name?: string;
  /** The files that say how it is made, as paths on the host. */
  readonly files?: readonly string[];
}
