import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Playbook } from '../../src/model/playbook.ts';
import { DEFAULT_PLAYBOOK, DEFAULT_PLAYBOOK_FILE } from '../../src/load/default-playbook.ts';
import { loadPlaybook, readPlaybook } from '../../src/load/playbook.ts';
import { someCapabilitySettings } from '../support/a-playbook.ts';
import { folderOf } from '../support/folder-of.ts';

describe('a playbook', () => {
  test('that is not named enforces the rules of the mission', async () => {
    const { digest, ...playbook } = await loadPlaybook(undefined);

    expect(playbook).toEqual({
      name: 'default',
      hosts: 'all',
      containers: { include: [], exclude: [], expendable: [], protect: [], notInTheWay: [] },
      rules: {
        'privileged-host-port': {
          map: new Map([
            [80, 8080],
            [443, 8443],
          ]),
          otherwise: 8000,
        },
        'linux-capabilities': someCapabilitySettings(),
        'host-network-privileged-listener': {},
      },
      autoApprove: [],
      rollout: { batches: ['100%'], pauseSeconds: 0, order: 'stop-first', maxFailures: 1 },
      health: { healthyForSeconds: 10, deadlineSeconds: 120, onFailure: 'rollback', restartTrial: 'auto' },
      keepSeconds: 604_800,
      windows: [],
    });
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('means the same when all it does is name the rules', async () => {
    const { name, digest, source, ...written } = await load(
      'rules: { privileged-host-port: true, linux-capabilities: {}, host-network-privileged-listener: {} }',
    );
    const standard = await loadPlaybook(undefined);

    expect({ ...written, name: standard.name, digest: standard.digest }).toEqual(standard);
    expect(name).toBe('shop');
    expect(source).toMatch(/shop\.yml$/);
    expect(digest).not.toBe(standard.digest);
  });

  test('is read in every part', async () => {
    const playbook = await load(`
name: shops
hosts: "web:!canary"
containers: { include: ["shop-*"], exclude: ["*-ci-*"], protect: ["*-db"], expendable: [/app/cache/*], not_in_the_way: ["vpn-*"] }
rules:
  privileged-host-port: { map: { 25: 2525 }, otherwise: false }
  linux-capabilities:
    require: drop-all
    add: profiles
    profiles:
      "nginx:*": [CHOWN, cap_setgid, SetUID, CHOWN]
      "container:metrics-*": []
auto_approve: [privileged-host-port]
rollout: { batches: [1, 25%, 100%], pause: 30s, order: start-first, max_changes: 20%, max_failures: 5% }
health: { healthy_for: 1m30s, deadline: 5m, on_failure: rollback, soak: 10m }
keep: 1d12h
windows:
  - { name: weekend, schedule: "0 22 * * SAT", duration: 4h, timezone: Europe/Berlin }
  - { name: freeze, deny: true, from: "2026-12-19 00:00", to: "2027-01-04T00:00", timezone: UTC, reason: retail freeze }
`);

    expect({ ...playbook, digest: '', source: '' }).toEqual({
      digest: '',
      source: '',
      name: 'shops',
      hosts: 'web:!canary',
      containers: {
        include: ['shop-*'],
        exclude: ['*-ci-*'],
        protect: ['*-db'],
        expendable: ['/app/cache/*'],
        notInTheWay: ['vpn-*'],
      },
      rules: {
        'privileged-host-port': { map: new Map([[25, 2525]]) },
        'linux-capabilities': someCapabilitySettings({
          require: 'drop-all',
          add: 'profiles',
          profiles: [
            { match: 'nginx:*', keep: ['CHOWN', 'SETGID', 'SETUID'] },
            { match: 'container:metrics-*', keep: [] },
          ],
        }),
      },
      autoApprove: ['privileged-host-port'],
      rollout: {
        batches: [1, '25%', '100%'],
        pauseSeconds: 30,
        order: 'start-first',
        maxChanges: '20%',
        maxFailures: '5%',
      },
      health: {
        healthyForSeconds: 90,
        deadlineSeconds: 300,
        onFailure: 'rollback',
        restartTrial: 'auto',
        soakSeconds: 600,
      },
      keepSeconds: 129_600,
      windows: [
        {
          kind: 'recurring',
          name: 'weekend',
          deny: false,
          schedule: '0 22 * * SAT',
          durationSeconds: 14_400,
          timezone: 'Europe/Berlin',
        },
        {
          kind: 'once',
          name: 'freeze',
          deny: true,
          from: '2026-12-19 00:00',
          to: '2027-01-04T00:00',
          timezone: 'UTC',
          reason: 'retail freeze',
        },
      ],
    });
  });

  test('does not enforce a rule that is absent or false', async () => {
    const { rules } = await load('rules: { linux-capabilities: true, privileged-host-port: false }');

    expect(Object.keys(rules)).toEqual(['linux-capabilities']);
  });

  test.each([
    ['"+2000"', 2000],
    ['+2000', 2000],
    ['2000', 2000],
    ['"+1023"', 1023],
    ['"+64512"', 64_512],
  ])('otherwise: %s adds %i', async (written, offset) => {
    const { rules } = await load(`rules: { privileged-host-port: { otherwise: ${written} } }`);

    expect(rules['privileged-host-port']?.otherwise).toBe(offset);
  });

  test('has the digest of its bytes', async () => {
    const text = 'rules: { linux-capabilities: true } # ü\n';

    const { digest } = await load(text);

    expect(digest).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  });
});

function load(text: string): Promise<Playbook> {
  return loadPlaybook(join(folderOf({ 'shop.yml': text }), 'shop.yml'));
}

test('the built-in playbook is what its text says', () => {
  const read = readPlaybook(DEFAULT_PLAYBOOK_FILE);

  expect(DEFAULT_PLAYBOOK).toEqual(read);
});
