import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { OwnerKind } from '../../src/model/owner.ts';
import type { Container } from '../../src/model/snapshot.ts';
import { guardRecreate } from '../../src/plan/guards.ts';
import { mayChange, whyNot } from '../../src/plan/instead-of.ts';
import { isInside } from '../../src/plan/itself.ts';
import { ownerOf } from '../../src/plan/owner.ts';
import { containerOf } from '../../src/scan/take-snapshot.ts';
import { whereabouts } from '../../src/scan/whereabouts.ts';
import type { Connection } from '../../src/transport/connection.ts';
import { openUnix } from '../../src/transport/unix.ts';
import { aPlaybook } from '../support/a-playbook.ts';
import { snapshot } from '../support/containers.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

const real = realEngine('owners');
let image: string;
let connection: Connection;
let engine: Engine;

beforeAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  image = await real.busyboxImage();
  const host = { name: 'local', address: { kind: 'unix', path: real.socketPath }, groups: ['all'] } as const;
  connection = openUnix(host, host.address);
  engine = await connectEngine(connection);
}, 60_000);

afterAll(async () => {
  if (process.env['ENFORCE_REAL_ENGINE'] !== '1') return;
  await real.cleanUp();
  await connection.close();
}, 60_000);

describeReal('a container of each manager, as the engine gives it back,', () => {
  test.each<readonly [OwnerKind, readonly string[]]>([
    ['compose', ['com.docker.compose.project=shop', 'com.docker.compose.oneoff=False']],
    ['compose-run', ['com.docker.compose.project=shop', 'com.docker.compose.oneoff=True']],
    ['swarm', ['com.docker.swarm.task=', 'com.docker.swarm.task.id=x1', 'com.docker.swarm.service.name=shop_web']],
    ['kubernetes', ['io.kubernetes.pod.name=web-0', 'io.kubernetes.container.name=web']],
    ['nomad', ['com.hashicorp.nomad.alloc_id=1f0c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b']],
    ['ecs', ['com.amazonaws.ecs.task-arn=arn:aws:ecs:eu-1:1:task/a', 'com.amazonaws.ecs.container-name=web']],
    [
      'portainer',
      ['com.docker.compose.project=shop', 'com.docker.compose.project.config_files=/data/compose/7/docker-compose.yml'],
    ],
    ['systemd', ['PODMAN_SYSTEMD_UNIT=web.service']],
    ['home-assistant', ['supervisor_managed=', 'io.hass.type=addon']],
    ['unraid', ['net.unraid.docker.managed=dockerman']],
    ['coolify', ['com.docker.compose.project=a1', 'coolify.managed=true']],
    ['dokku', ['com.dokku.app-name=shop']],
    ['kamal', ['service=shop', 'role=web', 'destination']],
    ['balena', ['io.balena.supervised=true']],
    ['iot-edge', ['net.azure-devices.edge.owner=Microsoft.Azure.Devices.Edge.Agent']],
    ['runtipi', ['com.docker.compose.project=shop', 'runtipi.managed=true']],
    ['gitlab-runner', ['com.gitlab.gitlab-runner.managed=true']],
    ['testcontainers', ['org.testcontainers=true']],
    ['devcontainer', ['devcontainer.local_folder=/home/a/shop']],
    ['kind', ['io.x-k8s.kind.cluster=dev']],
    ['k3d', ['app=k3d', 'k3d.cluster=dev']],
    ['minikube', ['created_by.minikube.sigs.k8s.io=true']],
  ])('%s, is known, and refused where it would undo the change', async (kind, labels) => {
    const web = await create(
      kind,
      labels.flatMap((label) => ['--label', label]),
    );

    const owner = ownerOf(web, snapshot([web]));

    expect(owner.kind).toBe(kind);
    expect(refusalOf(web) === whyNot(owner)).toBe(!mayChange(owner));
  });

  test('a script that keeps its id, is known and refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'enforce-owners-'));
    const web = await create('cidfile', ['--cidfile', join(folder, 'web.cid')]);
    await rm(folder, { recursive: true });

    expect(refusalOf(web)).toContain('a script or unit created it');
  });
});

describeReal('a process in a container', () => {
  test('reads there which container it is in', async () => {
    await real.docker('run', '-d', '--init', '--name', `${real.prefix}inner`, image, 'sleep', '1000');
    const inner = await read('inner');
    const other = await create('other', []);

    const found = whereabouts(await ownProcessOf('inner'));

    expect(isInside(inner, found)).toBe(true);
    expect(isInside(other, found)).toBe(false);
  });

  test('that joins the network of another is in both, as the loss of either would end it', async () => {
    await real.docker('run', '-d', '--init', '--name', `${real.prefix}gate`, image, 'sleep', '1000');
    const join = ['--network', `container:${real.prefix}gate`];
    await real.docker('run', '-d', '--init', '--name', `${real.prefix}joined`, ...join, image, 'sleep', '1000');
    const [gate, joined] = [await read('gate'), await read('joined')];

    const found = whereabouts(await ownProcessOf('joined'));

    expect([gate, joined].map((container) => isInside(container, found))).toEqual([true, true]);
  });
});

async function ownProcessOf(name: string): Promise<{ readonly mountinfo: string; readonly cgroup: string }> {
  const show = (file: string): Promise<string> => real.docker('exec', real.prefix + name, 'cat', `/proc/self/${file}`);
  return { mountinfo: await show('mountinfo'), cgroup: await show('cgroup') };
}

async function create(name: string, options: readonly string[]): Promise<Container> {
  await real.docker('create', '--name', real.prefix + name, ...options, image);
  return read(name);
}

async function read(name: string): Promise<Container> {
  const inspect = await engine.inspect(real.prefix + name);
  if (!inspect) throw new Error(`there is no container ${name}`);
  return containerOf(inspect);
}

function refusalOf(container: Container): string | undefined {
  return guardRecreate(container, snapshot([container]), aPlaybook(), { containerIds: [] })?.because;
}
