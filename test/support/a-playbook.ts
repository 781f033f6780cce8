import type { CapabilitySettings, ContainerCapabilities, Exception, Playbook } from '../../src/model/playbook.ts';

/** The built-in playbook, as it is after loading. */
export function aPlaybook(different: Partial<Playbook> = {}): Playbook {
  return {
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
    keepSeconds: 7 * 24 * 3600,
    windows: [],
    digest: 'sha256:9b1c',
    ...different,
  };
}

/** What the built-in playbook asks of capabilities. */
export function someCapabilitySettings(different: Partial<CapabilitySettings> = {}): CapabilitySettings {
  return {
    require: 'cis',
    add: 'auto',
    mode: 'equivalent',
    instead: [],
    profiles: [],
    learned: [],
    containers: [],
    ...different,
  };
}

/** What a playbook says of the capabilities of `web` by name. */
export function someContainerCapabilities(different: Partial<ContainerCapabilities> = {}): ContainerCapabilities {
  return {
    match: { container: 'web' },
    mode: 'auto',
    add: [],
    floor: [],
    never: [],
    allowAdd: [],
    isUnprivileged: false,
    reason: 'upgrade in May',
    source: 'playbook.yml:7',
    ...different,
  };
}

/** The settings that say so, and nothing else of their own. */
export function says(word: Partial<ContainerCapabilities>): CapabilitySettings {
  return someCapabilitySettings({ containers: [someContainerCapabilities(word)] });
}

/** An exception for every published port of every host's mail. */
export function anException(different: Partial<Exception> = {}): Exception {
  return {
    rule: 'privileged-host-port',
    match: { container: 'mail' },
    ports: [],
    capabilities: [],
    reason: 'inbound mail must arrive on 25',
    owner: 'a.lopez',
    expires: '2027-01-31',
    ticket: 'MAIL-118',
    source: 'exceptions.yml:1',
    ...different,
  };
}
