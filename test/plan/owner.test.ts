import { describe, expect, test } from '@jest/globals';
import type { Owner } from '../../src/model/plan.ts';
import { insteadOf, ownerOf } from '../../src/plan/owner.ts';
import { container } from '../support/containers.ts';

type Labels = Readonly<Record<string, string>>;

const COMPOSE: Labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.oneoff': 'False' };

describe('the owner of a container', () => {
  test.each<readonly [string, Labels, Owner]>([
    ['nobody, without labels', {}, { kind: 'none' }],
    ['nobody, with labels of its own', { 'com.example.role': 'edge' }, { kind: 'none' }],
    ['compose', COMPOSE, { kind: 'compose', name: 'shop' }],
    [
      'compose, with its files',
      { ...COMPOSE, 'com.docker.compose.project.config_files': '/srv/shop/compose.yml,/srv/shop/more.yml' },
      { kind: 'compose', name: 'shop', files: ['/srv/shop/compose.yml', '/srv/shop/more.yml'] },
    ],
    [
      'Portainer, whose stacks are compose files in its own container',
      { ...COMPOSE, 'com.docker.compose.project.config_files': '/data/compose/7/docker-compose.yml' },
      { kind: 'portainer', name: 'shop', files: ['/data/compose/7/docker-compose.yml'] },
    ],
    [
      'a single run of compose',
      { ...COMPOSE, 'com.docker.compose.oneoff': 'True' },
      { kind: 'other', name: 'com.docker.compose.oneoff' },
    ],
    [
      'swarm',
      { 'com.docker.swarm.task.id': 'x1', 'com.docker.swarm.service.name': 'shop_web' },
      { kind: 'swarm', name: 'shop_web' },
    ],
    ['swarm, by the service alone', { 'com.docker.swarm.service.id': 'y2' }, { kind: 'swarm' }],
    ['kubernetes', { 'io.kubernetes.pod.name': 'web-0' }, { kind: 'kubernetes', name: 'web-0' }],
    ['nomad', { 'com.hashicorp.nomad.alloc_id': 'a-1' }, { kind: 'nomad' }],
    [
      'ECS',
      { 'com.amazonaws.ecs.task-arn': 'arn:1', 'com.amazonaws.ecs.container-name': 'web' },
      { kind: 'ecs', name: 'web' },
    ],
    ['a systemd unit', { PODMAN_SYSTEMD_UNIT: 'web.service' }, { kind: 'systemd', name: 'web.service' }],
    ['Home Assistant', { 'io.hass.type': 'addon' }, { kind: 'home-assistant', name: 'io.hass.type' }],
    ['Coolify', { 'coolify.managed': 'true' }, { kind: 'other', name: 'coolify.managed' }],
    [
      'a GitLab runner',
      { 'com.gitlab.gitlab-runner.managed': 'true' },
      { kind: 'other', name: 'com.gitlab.gitlab-runner.managed' },
    ],
    ['Testcontainers', { 'org.testcontainers': 'true' }, { kind: 'other', name: 'org.testcontainers' }],
    [
      'swarm before compose, whose labels a stack carries too',
      { ...COMPOSE, 'com.docker.swarm.task.id': 'x1' },
      { kind: 'swarm' },
    ],
  ])('is %s', (_who, Labels, owner) => {
    expect(ownerOf(container('web', { Config: { Labels } }))).toEqual(owner);
  });

  test('is nobody where the engine gives no labels', () => {
    expect(ownerOf(container('web', { Config: { Labels: null } }))).toEqual({ kind: 'none' });
  });
});

describe('what to do instead', () => {
  test.each<readonly [Owner, string]>([
    [
      { kind: 'compose', name: 'shop', files: ['/srv/shop/compose.yml'] },
      'change ports, cap_drop and cap_add in /srv/shop/compose.yml and run docker compose up -d',
    ],
    [{ kind: 'compose', name: 'shop' }, 'in its compose file'],
    [{ kind: 'portainer', name: 'shop' }, "change the stack shop in Portainer's editor"],
    [{ kind: 'swarm', name: 'shop_web' }, 'docker service update'],
    [{ kind: 'kubernetes', name: 'web-0' }, 'change the pod specification of web-0'],
    [{ kind: 'nomad', name: 'web' }, 'change the job specification of web'],
    [{ kind: 'ecs', name: 'web' }, 'change the task definition of web'],
    [{ kind: 'systemd', name: 'web.service' }, 'change the unit web.service'],
    [{ kind: 'home-assistant' }, 'change the add-on in Home Assistant'],
    [{ kind: 'other', name: 'coolify.managed' }, 'change it where it is managed (label coolify.managed)'],
  ])('of changing a container of %j is said', (owner, instead) => {
    expect(insteadOf(owner)).toContain(instead);
  });

  test('is nothing where nobody would undo the change', () => {
    expect(insteadOf({ kind: 'none' })).toBeUndefined();
  });
});
