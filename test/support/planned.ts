import type { Catalogue } from '../../src/model/catalogue.ts';
import type { RuleId } from '../../src/model/finding.ts';
import type { Learned } from '../../src/model/learned.ts';
import { NOTHING_LEARNED } from '../../src/model/learned.ts';
import type { Whereabouts } from '../../src/model/machine.ts';
import type { Change, Plan } from '../../src/model/plan.ts';
import type { CapabilitySettings, Exception, Playbook } from '../../src/model/playbook.ts';
import type { Container, ContainerDetails, PortBinding, Snapshot } from '../../src/model/snapshot.ts';
import { assess } from '../../src/plan/assess.ts';
import { buildPlan } from '../../src/plan/build-plan.ts';
import type { CapabilitySources } from '../../src/plan/choose-capabilities.ts';
import { planText } from '../../src/report/plan-text.ts';
import { RULES } from '../../src/rules/index.ts';
import { aPlaybook, someCapabilitySettings } from './a-playbook.ts';
import type { Deviations } from './containers.ts';
import { container, idOf, snapshot } from './containers.ts';

/** What a plan is made with; the built-in playbook, no exception and a small catalogue when nothing is said. */
export interface Planning {
  readonly playbook?: Playbook;
  readonly exceptions?: readonly Exception[];
  readonly catalogue?: Catalogue;
  /** Where enforce runs; in no container when nothing is said. */
  readonly itself?: Whereabouts;
  /** Globs of `--container`. */
  readonly containers?: readonly string[];
  readonly carry?: Change['carry'];
  readonly learned?: Learned;
  /** Names of `--rule`. */
  readonly only?: readonly RuleId[];
  readonly seeks?: 'surplus';
  /** Whether `--limit` was given. */
  readonly hosts?: 'all' | 'some';
}

/** The plan of hosts that were read, and of hosts that were not. */
export function planned(
  hosts: readonly (Snapshot | { readonly host: string; readonly failed: Error })[],
  planning: Planning = {},
): Plan {
  const exceptions = planning.exceptions ?? [];
  const assessment = {
    rules: RULES,
    playbook: planning.playbook ?? aPlaybook(),
    exceptions,
    containers: planning.containers ?? [],
    only: planning.only ?? [],
    hosts: planning.hosts ?? 'all',
    ...(planning.seeks === undefined ? {} : { seeks: planning.seeks }),
  };
  return buildPlan(
    hosts.map((given) =>
      'failed' in given
        ? { host: given.host, address: `ssh://${given.host}`, read: given.failed }
        : {
            host: given.host,
            address: given.address,
            read: { snapshot: given, findings: assess(given, assessment) },
          },
    ),
    {
      assessment,
      exceptions: { exceptions, digest: 'sha256:e3b0' },
      catalogue: planning.catalogue ?? CATALOGUE,
      itself: planning.itself ?? { containerIds: [] },
      createdAt: '2026-11-22T21:09:11.000Z',
      ...(planning.carry === undefined ? {} : { carry: planning.carry }),
      ...(planning.learned === undefined ? {} : { learned: planning.learned }),
    },
  );
}

/** The text a person reviews, of one host with these containers. */
export function plannedText(containers: readonly Container[], planning: Planning = {}): string {
  return planText(planned([snapshot(containers)], planning), { colors: false, verbose: false });
}

/** The change of one container among these on one host; a container without one fails the test. */
export function changeOf(name: string, host: Snapshot, planning: Planning = {}): Change {
  const [plan] = planned([host], planning).hosts;
  const change = plan?.reachable ? plan.changes.find((candidate) => candidate.container === name) : undefined;
  if (!change) throw new Error(`${name} has no change`);
  return change;
}

/** A running nginx that publishes these ports and was looked at for a plan: `80:80`, `53:53/udp`, `127.0.0.1:80:80`. */
export function publishing(name: string, ports: readonly string[], deviations: Deviations = {}): Container {
  const bindings: Record<string, PortBinding[]> = {};
  for (const port of ports) {
    const [, HostIp = '', HostPort = '', inside = ''] = /^(?:(.+):)?([\d-]+):(.+)$/.exec(port) ?? [];
    (bindings[inside.includes('/') ? inside : `${inside}/tcp`] ??= []).push({ HostIp, HostPort });
  }
  return container(name, {
    details: seen(),
    ...deviations,
    HostConfig: { PortBindings: bindings, ...deviations.HostConfig },
    NetworkSettings: { Ports: bindings, ...deviations.NetworkSettings },
  });
}

/** What was read of a container that nothing speaks against. */
export function seen(different: Partial<ContainerDetails> = {}): ContainerDetails {
  const id = `sha256:${idOf('nginx:1.25')}`;
  return {
    image: { id, tags: ['nginx:1.25'], config: {} },
    namedImageId: id,
    changes: [],
    missingVolumes: [],
    networks: [],
    hostPaths: [],
    ...different,
  };
}

/** What a choice of capabilities is made from, on the day of the fixtures: the small catalogue, and nothing learned. */
export function sourcesOf(settings: CapabilitySettings = someCapabilitySettings()): CapabilitySources {
  const { engine } = snapshot([]);
  return { engine, settings, catalogue: CATALOGUE, learned: NOTHING_LEARNED, accepted: new Map(), day: '2026-11-22' };
}

/** What is known of nginx, and of an image whose program carries a file capability. */
export const CATALOGUE: Catalogue = {
  entries: [
    {
      images: ['nginx'],
      user: 'root',
      keep: ['CHOWN', 'SETGID', 'SETUID'],
      also: [
        { when: 'bind-mount', keep: ['DAC_OVERRIDE'], because: 'logs on the host may belong to another user' },
        { when: 'host-network', keep: ['NET_BIND_SERVICE'], because: 'it listens on 80' },
      ],
      source: 'tried',
      confidence: 'high',
    },
    { images: ['nginx'], user: 'non-root', keep: [], also: [], source: 'read', confidence: 'fair' },
    {
      images: ['caddy'],
      user: 'any',
      keep: ['NET_BIND_SERVICE'],
      also: [],
      source: 'its Dockerfile',
      confidence: 'high',
    },
    { images: ['linuxserver/*'], user: 'root', keep: ['CHOWN'], also: [], source: 'tried', confidence: 'high' },
  ],
};
