import { describe, expect, test } from '@jest/globals';
import type { Owner, OwnerKind } from '../../src/model/owner.ts';
import { OWNER_KINDS } from '../../src/model/owner.ts';
import { ownerOf } from '../../src/plan/owner.ts';
import { container, idOf, snapshot } from '../support/containers.ts';

type Labels = Readonly<Record<string, string>>;

const COMPOSE: Labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.oneoff': 'False' };
const FILES = 'com.docker.compose.project.config_files';
const UUID = '1f0c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b';

/** Every manager by what it writes on its containers. */
const BY_LABELS: readonly (readonly [string, Labels, Owner])[] = [
  ['nobody, without labels', {}, { kind: 'none' }],
  ['nobody, with labels of its own', { 'com.example.role': 'edge', service: 'shop' }, { kind: 'none' }],
  ['compose', COMPOSE, { kind: 'compose', name: 'shop' }],
  [
    'compose, with its files',
    { ...COMPOSE, [FILES]: '/srv/shop/compose.yml,/srv/shop/more.yml' },
    { kind: 'compose', name: 'shop', files: ['/srv/shop/compose.yml', '/srv/shop/more.yml'] },
  ],
  [
    'compose 1, which writes down the file as it was given, beside the folder',
    { ...COMPOSE, [FILES]: 'docker-compose.yml', 'com.docker.compose.project.working_dir': '/srv/shop' },
    { kind: 'compose', name: 'shop', files: ['/srv/shop/docker-compose.yml'] },
  ],
  ['compose, with a file that was piped in', { ...COMPOSE, [FILES]: '-' }, { kind: 'compose', name: 'shop' }],
  [
    'a single run of compose',
    { ...COMPOSE, 'com.docker.compose.oneoff': 'True' },
    { kind: 'compose-run', name: 'shop' },
  ],
  [
    'Portainer, whose stacks are compose files in its own container',
    { ...COMPOSE, [FILES]: '/data/compose/7/docker-compose.yml' },
    { kind: 'portainer', name: 'shop', files: ['/data/compose/7/docker-compose.yml'] },
  ],
  [
    'swarm',
    { 'com.docker.swarm.task.id': 'x1', 'com.docker.swarm.service.name': 'shop_web' },
    { kind: 'swarm', name: 'shop_web' },
  ],
  ['swarm, by the service alone', { 'com.docker.swarm.service.id': 'y2' }, { kind: 'swarm' }],
  ['swarm, by an empty label of the task', { 'com.docker.swarm.task': '' }, { kind: 'swarm' }],
  [
    'swarm before compose, whose labels a stack carries too',
    { ...COMPOSE, 'com.docker.swarm.task.id': 'x1' },
    { kind: 'swarm' },
  ],
  [
    'CapRover before swarm, whose services its apps are',
    { 'com.docker.swarm.task.id': 'x1', 'com.docker.swarm.service.name': 'srv-captain--shop' },
    { kind: 'caprover', name: 'srv-captain--shop' },
  ],
  ['kubernetes', { 'io.kubernetes.pod.name': 'web-0' }, { kind: 'kubernetes', name: 'web-0' }],
  ['kubernetes, by a container of it', { 'io.kubernetes.container.name': 'POD' }, { kind: 'kubernetes' }],
  [
    'nomad',
    { 'com.hashicorp.nomad.alloc_id': UUID, 'com.hashicorp.nomad.job_name': 'shop' },
    { kind: 'nomad', name: 'shop' },
  ],
  [
    'ECS',
    { 'com.amazonaws.ecs.task-arn': 'arn:1', 'com.amazonaws.ecs.container-name': 'web' },
    { kind: 'ecs', name: 'web' },
  ],
  ['a systemd unit', { PODMAN_SYSTEMD_UNIT: 'web.service' }, { kind: 'systemd', name: 'web.service' }],
  ['Home Assistant', { supervisor_managed: '' }, { kind: 'home-assistant' }],
  ['Home Assistant, by the kind of its add-on', { 'io.hass.type': 'addon' }, { kind: 'home-assistant' }],
  [
    'nobody, where Home Assistant was run by hand: its image says so much',
    { 'io.hass.type': 'core' },
    { kind: 'none' },
  ],
  ['Unraid', { 'net.unraid.docker.managed': 'dockerman' }, { kind: 'unraid' }],
  [
    "compose, though Unraid's compose manager started it",
    { ...COMPOSE, 'net.unraid.docker.managed': 'composeman' },
    { kind: 'compose', name: 'shop' },
  ],
  ['Coolify', { ...COMPOSE, 'coolify.managed': 'true', 'coolify.name': 'web' }, { kind: 'coolify', name: 'web' }],
  ['nobody, where a label denies it', { 'coolify.managed': 'false' }, { kind: 'none' }],
  ['Dokku', { 'com.dokku.app-name': 'shop' }, { kind: 'dokku', name: 'shop' }],
  ['a service of Dokku', { dokku: 'service', 'dokku.service': 'postgres' }, { kind: 'dokku', name: 'postgres' }],
  [
    'Dokploy',
    { ...COMPOSE, [FILES]: '/etc/dokploy/compose/shop/code/docker-compose.yml' },
    { kind: 'dokploy', files: ['/etc/dokploy/compose/shop/code/docker-compose.yml'] },
  ],
  ['Kamal', { service: 'shop', role: 'web', destination: '' }, { kind: 'kamal', name: 'shop' }],
  ['balena', { 'io.balena.supervised': 'true', 'io.balena.service-name': 'main' }, { kind: 'balena', name: 'main' }],
  ['nobody, where only the image is of balena', { 'io.balena.architecture': 'amd64' }, { kind: 'none' }],
  ['Azure IoT Edge', { 'net.azure-devices.edge.owner': 'Microsoft.Azure.Devices.Edge.Agent' }, { kind: 'iot-edge' }],
  [
    'CasaOS',
    { ...COMPOSE, [FILES]: '/var/lib/casaos/apps/shop/docker-compose.yml' },
    { kind: 'casaos', files: ['/var/lib/casaos/apps/shop/docker-compose.yml'] },
  ],
  [
    'Umbrel',
    { ...COMPOSE, [FILES]: '/home/umbrel/umbrel/app-data/shop/docker-compose.yml' },
    { kind: 'umbrel', files: ['/home/umbrel/umbrel/app-data/shop/docker-compose.yml'] },
  ],
  ['Runtipi', { ...COMPOSE, 'runtipi.managed': 'true' }, { kind: 'runtipi' }],
  ['a GitLab runner', { 'com.gitlab.gitlab-runner.managed': 'true' }, { kind: 'gitlab-runner' }],
  ['Testcontainers', { 'org.testcontainers': 'true' }, { kind: 'testcontainers' }],
  [
    'a development environment',
    { ...COMPOSE, 'devcontainer.local_folder': '/home/a/shop' },
    { kind: 'devcontainer', name: '/home/a/shop' },
  ],
  ['kind', { 'io.x-k8s.kind.cluster': 'dev' }, { kind: 'kind', name: 'dev' }],
  ['k3d', { app: 'k3d', 'k3d.cluster': 'dev' }, { kind: 'k3d', name: 'dev' }],
  ['k3d, of an early version', { app: 'k3d' }, { kind: 'k3d' }],
  [
    'minikube',
    { 'created_by.minikube.sigs.k8s.io': 'true', 'name.minikube.sigs.k8s.io': 'dev' },
    { kind: 'minikube', name: 'dev' },
  ],
];

describe('the owner of a container', () => {
  test.each(BY_LABELS)('is %s', (_who, Labels, owner) => {
    const web = container('web', { Config: { Labels } });

    const { files, ...rest } = ownerOf(web, snapshot([web]));

    // Where the files play no part in who it is, they are only carried along.
    expect({ ...rest, ...(owner.files === undefined ? {} : { files }) }).toEqual(owner);
  });

  test.each<readonly [string, OwnerKind]>([
    ['k8s_web_web-0_default_0f4c2b9a-0000-4444-8888-123456789abc_1', 'kubernetes'],
    [`web-${UUID}`, 'nomad'],
    ['ecs-shop-12-web-a0f4c2b9d1e3f5a7b900', 'ecs'],
    ['ecs-agent', 'ecs'],
    ['hassio_dns', 'home-assistant'],
    ['addon_core_ssh', 'home-assistant'],
    ['balena_supervisor', 'balena'],
    ['edgeHub', 'iot-edge'],
    ['kamal-proxy', 'kamal'],
    ['buildx_buildkit_builder0', 'buildx'],
    ['k8s_like', 'none'],
    ['ecs-shop', 'none'],
    ['homeassistant', 'none'],
    ['dokploy-traefik', 'none'],
  ])('is told by the name %s: %s', (name, kind) => {
    const named = container(name);

    expect(ownerOf(named, snapshot([named])).kind).toBe(kind);
  });

  test('is Home Assistant where its supervisor stands beside it', () => {
    const core = container('homeassistant');

    expect(ownerOf(core, snapshot([core, container('hassio_supervisor')])).kind).toBe('home-assistant');
  });

  test('is Dokploy for the proxy it brings along', () => {
    const proxy = container('dokploy-traefik', { Config: { Image: 'traefik:v3.1' } });

    expect(ownerOf(proxy, snapshot([proxy])).kind).toBe('dokploy');
  });

  test('is whoever reads its id from a file', () => {
    const web = container('web', { HostConfig: { ContainerIDFile: '/run/web.cid' } });

    expect(ownerOf(web, snapshot([web]))).toEqual({ kind: 'script', name: '/run/web.cid' });
  });

  test('is nobody where the engine gives no labels', () => {
    const web = container('web', { Config: { Labels: null } });

    expect(ownerOf(web, snapshot([web]))).toEqual({ kind: 'none' });
  });

  test('has an example here for every kind there is', () => {
    const shown = new Set([...BY_LABELS.map(([, , { kind }]) => kind), 'script', 'buildx']);

    expect(OWNER_KINDS.filter((kind) => !shown.has(kind))).toEqual([]);
  });
});

describe('a unit of systemd', () => {
  const FILE = '/etc/systemd/system/shop.service';

  test.each([
    ['shop', true],
    [idOf('shop').slice(0, 12), true],
    ['sh*', true],
    ['*-shop', false],
    ['*', false],
    ['shop2', false],
    ['Shop', false],
  ])('that runs %s: owns the container shop: %s', (written, owns) => {
    const shop = container('shop');
    const units = [{ name: 'shop.service', file: FILE, verb: 'run', container: written }] as const;

    const owner = ownerOf(shop, snapshot([shop], { machine: { units: { known: true, value: units } } }));

    expect(owner).toEqual(owns ? { kind: 'systemd', name: 'shop.service', files: [FILE] } : { kind: 'none' });
  });

  test('that could not be looked for owns nothing', () => {
    const shop = container('shop');
    const machine = { units: { known: false, because: 'no shell there' } } as const;

    expect(ownerOf(shop, snapshot([shop], { machine }))).toEqual({ kind: 'none' });
  });
});
