import { describe, expect, test } from '@jest/globals';
import type { CapabilitySettings } from '../../src/model/playbook.ts';
import type { Container } from '../../src/model/snapshot.ts';
import type { CapabilityChoice } from '../../src/plan/choose-capabilities.ts';
import { chooseCapabilities } from '../../src/plan/choose-capabilities.ts';
import type { Deviations } from '../support/containers.ts';
import { someCapabilitySettings } from '../support/a-playbook.ts';
import { container } from '../support/containers.ts';
import { sourcesOf } from '../support/planned.ts';

const AUTO: CapabilitySettings = someCapabilitySettings();
describe('what a container keeps', () => {
  test('is what the playbook pins, whatever else speaks for more', () => {
    const choice = choose(web({ Config: { Entrypoint: ['gosu', 'www'] } }), pinning('nginx:*', 'CHOWN'));

    expect(story(choice)).toEqual({ CHOWN: 'pinned: pinned in the playbook for nginx:*' });
    expect(droppedBecause(choice, 'SETUID')).toBe('not in the profile nginx:*');
  });

  test('is nothing when the playbook pins nothing', () => {
    expect(story(choose(web(), pinning('nginx:*')))).toEqual({});
  });

  test('is what the catalogue knows of its image, and what its configuration shows beyond', () => {
    const choice = choose(web({ HostConfig: { NetworkMode: 'container:3f1c', CapDrop: null } }));

    expect(story(choice)).toEqual({
      CHOWN: 'catalogue: known for nginx (tried)',
      NET_BIND_SERVICE: expect.stringContaining('configuration: in its network ports below 1024 may need it'),
      SETGID: 'catalogue: known for nginx (tried)',
      SETUID: 'catalogue: known for nginx (tried)',
    });
    expect(droppedBecause(choice, 'NET_RAW')).toBe('not needed by nginx (tried)');
  });

  test('is the safe set, with a warning, when nothing is known of its image', () => {
    const choice = choose(web({ Config: { Image: 'acme/shop:3' } }));

    expect(Object.keys(story(choice))).toEqual([
      'CHOWN',
      'DAC_OVERRIDE',
      'FOWNER',
      'KILL',
      'SETGID',
      'SETUID',
      'SYS_CHROOT',
    ]);
    expect(droppedBecause(choice, 'MKNOD')).toBe('makes device files');
    expect(choice).toMatchObject({ warnings: [expect.stringContaining('weak evidence for capabilities')] });
  });

  test('has AUDIT_WRITE for an SSH service, whose logins fail without it', () => {
    const choice = choose(web({ Config: { Image: 'acme/git', Cmd: ['/usr/sbin/sshd', '-D'] } }));

    expect(story(choice)).toMatchObject({ AUDIT_WRITE: 'safe-set: sshd writes login records' });
  });

  test('is nothing when its processes are not root, with a warning of what that may break', () => {
    const choice = choose(web({ Config: { Image: 'acme/shop:3', User: '1000:1000' } }));

    expect(story(choice)).toEqual({});
    expect(choice).toMatchObject({
      warnings: [
        'a setuid program inside the image would lose its power, and one with file capabilities would no longer start; pin a profile if the service relies on one',
      ],
    });
  });

  test('may stop a program with file capabilities under no-new-privileges too', () => {
    const choice = choose(
      web({
        Config: { Image: 'acme/shop:3', User: 'app' },
        HostConfig: { SecurityOpt: ['no-new-privileges'], CapDrop: null },
      }),
    );

    expect(choice).toMatchObject({
      warnings: [expect.stringMatching(/^a program with file capabilities inside the image would no longer start/)],
    });
  });

  test('has what it was given by name although the engine gives it to everybody', () => {
    const choice = choose(web({ HostConfig: { CapAdd: ['cap_net_raw', 'KILL'], CapDrop: null } }));

    expect(story(choice)).toMatchObject({
      KILL: 'configuration: asked for by name (cap_add)',
      NET_RAW: 'configuration: asked for by name (cap_add)',
    });
  });

  test('has what an exception accepts, under a profile and without', () => {
    const vpn = web({ HostConfig: { CapAdd: ['NET_ADMIN'], CapDrop: null } });
    const accepted = new Map([['NET_ADMIN', 'accepted until 2027-01-31 (MAIL-118)']]);

    const choices = [AUTO, pinning('nginx:*', 'CHOWN')].map((settings) =>
      chooseCapabilities(vpn, { ...sourcesOf(settings), accepted }),
    );

    expect(choices.map((choice) => Object.keys(story(choice)))).toEqual([
      ['CHOWN', 'NET_ADMIN', 'SETGID', 'SETUID'],
      ['CHOWN', 'NET_ADMIN'],
    ]);
  });

  test('is written as cap_drop ALL and a sorted cap_add, beside what was there', () => {
    const choice = choose(web({ HostConfig: { CapAdd: ['SETUID'], CapDrop: ['MKNOD'] } }));

    expect(choice).toMatchObject({
      edits: [
        { path: 'HostConfig.CapDrop', before: ['MKNOD'], after: ['ALL'] },
        { path: 'HostConfig.CapAdd', before: ['SETUID'], after: ['CHOWN', 'SETGID', 'SETUID'] },
      ],
    });
  });
});

describe('a container stays as it is', () => {
  test.each<readonly [string, Deviations, CapabilitySettings, string]>([
    ['when it is privileged', { HostConfig: { Privileged: true } }, AUTO, 'it is privileged'],
    ['even with a profile', { HostConfig: { Privileged: true } }, pinning('nginx:*'), 'it is privileged'],
    [
      'when the playbook pins a power it does not hold',
      { HostConfig: { CapDrop: ['CHOWN'] } },
      pinning('nginx:*', 'CHOWN', 'KILL', 'SYS_ADMIN'),
      'the playbook pins CHOWN, SYS_ADMIN for nginx:*, which it does not hold today',
    ],
    [
      'when only profiles count and none matches',
      { HostConfig: { CapDrop: null } },
      someCapabilitySettings({ add: 'profiles', profiles: [{ match: 'redis:*', keep: [] }] }),
      'the playbook keeps only what profiles pin, and none matches',
    ],
    [
      'when it was given more than the default set',
      { HostConfig: { CapAdd: ['SYS_TIME', 'CAP_NET_ADMIN'], CapDrop: null } },
      AUTO,
      'it was given NET_ADMIN, SYS_TIME on purpose, and whether it needs them cannot be told',
    ],
    ['when it was given everything', { HostConfig: { CapAdd: ['all'] } }, AUTO, 'it was given AUDIT_CONTROL, '],
  ])('%s', (_sentence, deviations, settings, because) => {
    const choice = choose(web(deviations), settings);

    expect(choice).toMatchObject({ ok: false, because: expect.stringContaining(because) });
  });

  test('and the hint is the line that keeps what it was given', () => {
    const choice = choose(web({ HostConfig: { CapAdd: ['NET_ADMIN'], CapDrop: null } }));

    expect(choice).toMatchObject({
      hint: expect.stringContaining('{ match: { container: "web" }, floor: [NET_ADMIN], reason'),
    });
  });
});

function web(deviations: Deviations = {}): Container {
  return container('web', { HostConfig: { CapDrop: null }, ...deviations });
}

function pinning(match: string, ...keep: readonly string[]): CapabilitySettings {
  return { ...AUTO, profiles: [{ match, keep }] };
}

function choose(given: Container, settings = AUTO): CapabilityChoice {
  return chooseCapabilities(given, sourcesOf(settings));
}

function story(choice: CapabilityChoice): Readonly<Record<string, string>> {
  if (!choice.ok) return { blocked: choice.because };
  const kept = choice.decisions.filter(({ verdict }) => verdict === 'keep');
  return Object.fromEntries(kept.map(({ capability, evidence, because }) => [capability, `${evidence}: ${because}`]));
}

function droppedBecause(choice: CapabilityChoice, capability: string): string | undefined {
  if (!choice.ok) return undefined;
  return choice.decisions.find((one) => one.capability === capability && one.verdict === 'drop')?.because;
}
