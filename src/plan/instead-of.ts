import type { Owner, OwnerKind } from '../model/owner.ts';

/**
 * Whether enforce itself may change a container of this owner; every other is refused with what to do instead. Compose
 * makes only what is missing, or differs from its file by the hash it left behind, and so leaves the new one alone
 * (recreate.md §14).
 */
export function mayChange({ kind }: Owner): boolean {
  return kind === 'none' || kind === 'compose';
}

/** What an owner is called, and what it does once its container is changed behind its back: "swarm created it … and would …". */
export function whyNot(owner: Owner): string {
  if (owner.kind === 'none') return 'nobody would undo the change';
  const { title, would } = MANAGERS[owner.kind];
  return `${title} created it${owner.name === undefined ? '' : ` (${owner.name})`} and would ${would}`;
}

/** What to do instead of changing the container itself; undefined where there is nobody to tell. */
export function insteadOf(owner: Owner): string | undefined {
  if (owner.kind === 'none') return undefined;
  const files = owner.files === undefined ? undefined : owner.files.join(', ');
  return MANAGERS[owner.kind].instead(owner.name ?? '', files);
}

interface Manager {
  readonly title: string;
  readonly would: string;
  /** What to do, given the name of project, service or app (empty where it is not known) and the files it is made from. */
  readonly instead: (name: string, files: string | undefined) => string;
}

const UNDO = 'undo the change';
const DEPLOY = 'bring the old one back with its next deployment';

const MANAGERS: Readonly<Record<Exclude<OwnerKind, 'none'>, Manager>> = {
  compose: {
    title: 'compose',
    would: UNDO,
    instead: (_project, files = 'its compose file') =>
      `change ports, cap_drop and cap_add in ${files} and run docker compose up -d: compose would bring the old container back`,
  },
  'compose-run': {
    title: 'docker compose run',
    would: 'not know the new one: it is a single run of a service',
    instead: () => 'let it end; what it runs with is in its compose file',
  },
  swarm: {
    title: 'swarm',
    would: 'start a replica of its own as soon as the task stops',
    instead: (service) =>
      `docker service update --publish-rm … --publish-add … --cap-drop ALL --cap-add … ${named(service, 'SERVICE')}`,
  },
  kubernetes: {
    title: 'kubernetes',
    would: 'start its own again as soon as it stops',
    instead: (pod) =>
      `change hostPort and securityContext.capabilities in the pod specification of ${named(pod, 'its pod')}`,
  },
  nomad: {
    title: 'nomad',
    would: 'call the task dead, reschedule it, and delete the new one as dangling',
    instead: (job) => `change the job specification of ${named(job, 'its job')} (port, cap_drop, cap_add)`,
  },
  ecs: {
    title: 'the ECS agent',
    would: 'replace the task as soon as it stops',
    instead: (task) =>
      `change portMappings and linuxParameters.capabilities in the task definition of ${named(task, 'its task')}`,
  },
  portainer: {
    title: 'a Portainer stack',
    would: UNDO,
    instead: (stack) =>
      `change the stack ${named(stack, 'it is in')} in Portainer's editor: its file is inside Portainer`,
  },
  systemd: {
    title: 'a systemd unit',
    would: 'remove it and start the old one again as soon as it stops',
    instead: (unit, files) =>
      `change the unit ${named(unit, 'that runs it')}${files === undefined ? '' : ` (${files})`}, then systemctl daemon-reload and restart it; where it only starts the container, remove the unit and let docker update --restart do that`,
  },
  script: {
    title: 'a script or unit',
    would: 'lose it, as it knows it by the id in that file (--cidfile)',
    instead: (file) => `change whatever made it with docker run --cidfile ${file}`,
  },
  'home-assistant': {
    title: 'the Home Assistant supervisor',
    would: UNDO,
    instead: () => 'change the add-on in Home Assistant (Settings, Add-ons, Network)',
  },
  unraid: {
    title: "Unraid's Docker manager",
    would: 'go back to its template with the next apply or update',
    instead: () => 'change ports and extra parameters (--cap-drop, --cap-add) in its template, on the Docker page',
  },
  casaos: platform('CasaOS', "the app's settings"),
  umbrel: platform('Umbrel', 'the app; what its store gives cannot be changed on the host'),
  runtipi: platform('Runtipi', "the app's settings, or its user-config folder"),
  coolify: platform('Coolify', 'the resource in Coolify, which also prunes what it finds stopped'),
  caprover: platform('CapRover', "the app's HTTP and port settings, and its service update override"),
  dokku: platform('Dokku', 'dokku ports:set, and dokku docker-options:add APP deploy "--cap-drop ALL --cap-add …"'),
  dokploy: platform('Dokploy', "the application's ports and its advanced settings"),
  kamal: platform('Kamal', 'options and proxy in config/deploy.yml'),
  balena: platform('the balena supervisor', "ports, cap_add and cap_drop in the release's compose file"),
  'iot-edge': platform('Azure IoT Edge', "the module's createOptions in the deployment"),
  'gitlab-runner': passing('a GitLab runner', 'job', 'cap_drop and cap_add in the config.toml of the runner'),
  testcontainers: passing('Testcontainers', 'test', 'the test itself'),
  devcontainer: passing('a development environment', 'session', 'devcontainer.json'),
  buildx: passing('docker buildx', 'build', 'docker buildx create, with other driver options'),
  kind: cluster('kind', 'kind create cluster --config …'),
  k3d: cluster('k3d', 'k3d cluster create --port …'),
  minikube: cluster('minikube', 'minikube start --ports …'),
};

function named(name: string, otherwise: string): string {
  return name === '' ? otherwise : name;
}

function platform(title: string, where: string): Manager {
  return { title, would: DEPLOY, instead: (app) => `change it there${app === '' ? '' : `, for ${app}`}: ${where}` };
}

function passing(title: string, work: string, where: string): Manager {
  return { title, would: `lose its ${work}`, instead: () => `leave it: it goes away with its ${work}; else ${where}` };
}

function cluster(title: string, command: string): Manager {
  return {
    title,
    would: 'lose a node, as that is known by its container',
    instead: (name) => `make the cluster${name === '' ? '' : ` ${name}`} again: ${command}`,
  };
}
