import { describe, expect, test } from '@jest/globals';
import {
  ALL_CAPABILITIES,
  DEFAULT_CAPABILITIES,
  ESCAPE_CLASS,
  PODMAN_CAPABILITIES,
} from '../../src/model/capabilities.ts';
import type { CapabilitySettings } from '../../src/model/playbook.ts';
import type { HostConfig } from '../../src/model/snapshot.ts';
import { linuxCapabilities } from '../../src/rules/linux-capabilities.ts';
import { someCapabilitySettings } from '../support/a-playbook.ts';
import { container, snapshot } from '../support/containers.ts';
import type { RuleCase } from '../support/describe-rule.ts';
import { describeRule } from '../support/describe-rule.ts';

const cis: CapabilitySettings = someCapabilitySettings();
const dropAll: CapabilitySettings = { ...cis, require: 'drop-all' };
const pinned: CapabilitySettings = { ...cis, profiles: [{ match: 'nginx:*', keep: ['CAP_NET_ADMIN'] }] };

describeRule(linuxCapabilities, {
  settings: cis,
  catches: {
    'NET_RAW of the default set': given({ CapDrop: null }),
    'NET_RAW that is dropped and added again': given({ CapDrop: ['CAP_NET_RAW'], CapAdd: ['CAP_NET_RAW'] }),
    'NET_RAW beside a default capability that is added': given({ CapDrop: null, CapAdd: ['CAP_CHOWN'] }),
    'ALL added': given({ CapDrop: null, CapAdd: ['ALL'] }),
    'ALL added, though ALL is dropped': given({ CapDrop: ['ALL'], CapAdd: ['ALL'] }),
    'ALL added in lower case': given({ CapDrop: ['ALL'], CapAdd: ['all'] }),
    'ALL added and one name dropped': given({ CapDrop: ['SYS_ADMIN'], CapAdd: ['ALL'] }),
    'a capability beyond the default set in lower case': given({ CapDrop: ['net_raw'], CapAdd: ['cap_sys_admin'] }),
    'a capability beyond the default set, though ALL is dropped': given({ CapDrop: ['ALL'], CapAdd: ['NET_ADMIN'] }),
    'a capability beyond the default set on Podman': onPodman({ CapDrop: [], CapAdd: ['CAP_SYS_ADMIN'] }),
    'a privileged container, though it drops ALL': given({ CapDrop: ['ALL'], Privileged: true }),
  },
  allows: {
    'NET_RAW dropped': given({ CapDrop: ['CAP_NET_RAW'] }),
    'NET_RAW dropped and a default capability added': given({ CapDrop: ['NET_RAW'], CapAdd: ['CHOWN'] }),
    'ALL dropped': given({ CapDrop: ['ALL'] }),
    'ALL dropped in lower case': given({ CapDrop: ['all'] }),
    'ALL dropped and NET_BIND_SERVICE added': given({ CapDrop: ['ALL'], CapAdd: ['CAP_NET_BIND_SERVICE'] }),
    'what Podman gives, which has no NET_RAW': onPodman({ CapDrop: [], CapAdd: [] }),
    'ALL dropped as Podman tells it, name by name': onPodman({ CapDrop: PODMAN_CAPABILITIES, CapAdd: [] }),
    'ALL dropped and NET_RAW given on purpose': given({ CapDrop: ['ALL'], CapAdd: ['NET_RAW'] }),
  },
});

describeRule(linuxCapabilities, {
  settings: dropAll,
  catches: {
    'the default set without NET_RAW': given({ CapDrop: ['NET_RAW'] }),
    'ALL added, though CHOWN is all that is left of it': given({
      CapDrop: ALL_CAPABILITIES.filter((name) => name !== 'CHOWN'),
      CapAdd: ['ALL'],
    }),
    'ALL added, though ALL and all but CHOWN are dropped': given({
      CapDrop: ['ALL', ...ALL_CAPABILITIES.filter((name) => name !== 'CHOWN')],
      CapAdd: ['ALL'],
    }),
    'every default capability dropped by its name': given({ CapDrop: DEFAULT_CAPABILITIES }),
    'a capability beyond the default set': given({ CapDrop: ['ALL'], CapAdd: ['SYS_ADMIN'] }),
  },
  allows: {
    'ALL dropped': given({ CapDrop: ['ALL'] }),
    'ALL dropped and names of the default set added': given({ CapDrop: ['ALL'], CapAdd: ['CHOWN', 'SETUID'] }),
  },
});

describeRule(linuxCapabilities, {
  settings: pinned,
  catches: {
    'a capability the profile does not pin': given({ CapAdd: ['NET_ADMIN', 'SYS_ADMIN'] }),
    'the pinned one in a container of another image': container('web', {
      Config: { Image: 'httpd:2.4' },
      HostConfig: { CapAdd: ['NET_ADMIN'] },
    }),
    'NET_RAW that came along beside the pinned one': given({ CapDrop: null, CapAdd: ['NET_ADMIN'] }),
  },
  allows: { 'the capability the profile pins': given({ CapAdd: ['cap_net_admin'] }) },
});

describe('what it says', () => {
  const cases: Readonly<Record<string, readonly [HostConfig, CapabilitySettings, string, string, readonly string[]]>> =
    {
      'NET_RAW of the default set': [{ CapDrop: null }, cis, 'medium', 'holds NET_RAW of the default set', ['NET_RAW']],
      'an escape': [
        { CapAdd: ['SYS_ADMIN', 'IPC_LOCK'] },
        cis,
        'critical',
        'holds IPC_LOCK, SYS_ADMIN beyond the default set',
        ['IPC_LOCK', 'SYS_ADMIN'],
      ],
      'a lesser one': [{ CapAdd: ['IPC_LOCK'] }, cis, 'high', 'holds IPC_LOCK beyond the default set', ['IPC_LOCK']],
      both: [
        { CapDrop: null, CapAdd: ['IPC_LOCK'] },
        cis,
        'high',
        'holds IPC_LOCK beyond the default set; holds NET_RAW of the default set',
        ['IPC_LOCK', 'NET_RAW'],
      ],
      'a container that drops too little': [
        { CapDrop: DEFAULT_CAPABILITIES.filter((name) => name !== 'KILL') },
        dropAll,
        'medium',
        'does not drop ALL',
        ['KILL'],
      ],
    };

  test.each(Object.entries(cases))('%s', (_sentence, [hostConfig, settings, severity, because, excess]) => {
    const web = container('web', { HostConfig: hostConfig });

    const violations = linuxCapabilities.check(web, snapshot([web]), settings);

    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({
      severity,
      because,
      evidence: { kind: 'capabilities', excess, privileged: false },
    });
  });

  test('ALL added is critical, even where the worst of it is dropped', () => {
    const web = container('web', { HostConfig: { CapAdd: ['ALL'], CapDrop: ESCAPE_CLASS } });

    const [violation] = linuxCapabilities.check(web, snapshot([web]), cis);

    expect(violation).toMatchObject({ severity: 'critical', because: 'was given ALL capabilities' });
  });

  test('a privileged container is critical, whatever the playbook pins for it', () => {
    const web = container('web', { HostConfig: { Privileged: true } });

    const [violation] = linuxCapabilities.check(web, snapshot([web]), pinned);

    expect(violation).toMatchObject({ severity: 'critical', evidence: { privileged: true } });
  });
});

function given(hostConfig: HostConfig): RuleCase {
  return container('web', { HostConfig: hostConfig });
}

function onPodman(hostConfig: HostConfig): RuleCase {
  const web = container('web', { HostConfig: hostConfig });
  return [web, snapshot([web], { engine: { ...snapshot([]).engine, kind: 'podman' } })];
}
