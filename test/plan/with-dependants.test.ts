import { describe, expect, test } from '@jest/globals';
import { aPlaybook } from '../support/a-playbook.ts';
import { container, idOf, snapshot, STOPPED } from '../support/containers.ts';
import { changeOf, planned, plannedText, publishing, seen } from '../support/planned.ts';

const HARDENED = { CapDrop: ['ALL'] };
const web = publishing('web', ['80:80']);
const sidecar = container('sidecar', {
  details: seen(),
  HostConfig: { ...HARDENED, NetworkMode: `container:${web.id}` },
});

describe('who holds on to a container that is made again', () => {
  test('is part of its change, with how it holds on and what it does', () => {
    const backup = container('backup', {
      details: seen(),
      State: STOPPED,
      HostConfig: { ...HARDENED, VolumesFrom: [`${web.id}:ro`] },
    });

    const change = changeOf('web', snapshot([backup, sidecar, web]));

    expect(change).toMatchObject({
      action: 'recreate',
      dependants: [
        { container: 'backup', id: idOf('backup'), through: ['volumes_from'], activity: 'stopped', edits: [] },
        { container: 'sidecar', id: idOf('sidecar'), through: ['network_mode'], activity: 'running', edits: [] },
      ],
    });
    expect(change.worstCaseSeconds).toBe(3 * changeOf('web', snapshot([web])).worstCaseSeconds);
  });

  test('is mended along with it when it has findings of its own', () => {
    const proxy = container('proxy', {
      details: seen(),
      HostConfig: { CapDrop: null, NetworkMode: `container:${web.id}` },
    });
    const host = snapshot([proxy, web]);

    expect(changeOf('web', host).dependants).toMatchObject([
      { container: 'proxy', edits: changeOf('proxy', host).edits },
    ]);
    expect(changeOf('proxy', host)).toMatchObject({ action: 'recreate', partOf: 'web' });
    expect(plannedText([proxy, web])).toMatch(/-\/\+ proxy .* with web\n/);
  });

  test('is named in the plan', () => {
    expect(plannedText([sidecar, web])).toContain(
      'with      sidecar (network_mode): stopped before it, made again, started after it',
    );
  });

  test('is told of through others too, each after what it holds on to', () => {
    const agent = container('agent', {
      details: seen(),
      HostConfig: { ...HARDENED, PidMode: `container:${sidecar.id}` },
    });

    const { dependants } = changeOf('web', snapshot([agent, sidecar, web]));

    expect(dependants.map((dependant) => dependant.container)).toEqual(['sidecar', 'agent']);
  });

  test('of compose, leaves only specifications: compose would take up a kept container of its own', () => {
    const proxy = container('proxy', {
      details: seen(),
      Config: { Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'proxy' } },
      HostConfig: { ...HARDENED, NetworkMode: `container:${web.id}` },
    });

    expect(changeOf('web', snapshot([sidecar, web])).keeps).toBe('container');
    expect(changeOf('web', snapshot([proxy, web])).keeps).toBe('specification');
  });

  test('makes the old one stop first', () => {
    const playbook = aPlaybook({
      rollout: { batches: ['100%'], pauseSeconds: 0, order: 'start-first', maxFailures: 1 },
    });

    expect(changeOf('web', snapshot([web, sidecar]), { playbook }).order).toBe('stop-first');
  });
});

describe('a container is left alone', () => {
  test('when one that holds on to it must not be made again', () => {
    const removed = container('job', {
      details: seen(),
      HostConfig: { ...HARDENED, NetworkMode: `container:${web.id}`, AutoRemove: true },
    });

    expect(changeOf('web', snapshot([removed, web]))).toMatchObject({
      action: 'blocked',
      edits: [],
      blocked: {
        because: expect.stringMatching(/^job holds on to it \(network_mode\) and must not be made again: .*--rm/),
      },
    });
  });

  test('when nothing was read of one that holds on to it', () => {
    const unread = container('unread', { HostConfig: { ...HARDENED, NetworkMode: `container:${web.id}` } });

    expect(changeOf('web', snapshot([unread, web])).blocked?.because).toMatch(/^unread holds on to it/);
  });

  test('when the playbook leaves out one that holds on to it', () => {
    const playbook = aPlaybook({ containers: { ...aPlaybook().containers, exclude: ['side*'] } });

    expect(changeOf('web', snapshot([sidecar, web]), { playbook }).blocked?.because).toMatch(
      /sidecar .* the playbook leaves it out/,
    );
  });

  test('when one holds on to it and to another that is changed, which goes first', () => {
    const api = publishing('api', ['81:80']);
    const both = container('both', {
      details: seen(),
      HostConfig: { ...HARDENED, NetworkMode: `container:${api.id}`, VolumesFrom: [web.id] },
    });

    const [host] = planned([snapshot([api, both, web])]).hosts;
    const changes = host?.reachable ? host.changes : [];

    expect(changes.map(({ container: name, action }) => `${name} ${action}`)).toEqual(['api recreate', 'web blocked']);
    expect(changes[1]?.blocked?.because).toMatch(/^both holds on to it \(.*\) and to api, which is changed too/);
  });
});

test('one that holds on to a container that stays is changed by itself', () => {
  const vpn = container('vpn', { details: seen(), HostConfig: HARDENED });
  const app = container('app', { details: seen(), HostConfig: { CapDrop: null, NetworkMode: `container:${vpn.id}` } });

  const change = changeOf('app', snapshot([app, vpn]));

  expect(change).toMatchObject({ action: 'recreate', dependants: [] });
  expect(change.partOf).toBeUndefined();
});
