import { createHash } from 'node:crypto';
import type { Playbook } from '../model/playbook.ts';
import type { TextFile } from './text-file.ts';

const TEXT = `name: default
hosts: all
rules:
  privileged-host-port:
    map: { 80: 8080, 443: 8443 }
    otherwise: "+8000"
  linux-capabilities:
    require: cis
    add: auto
  host-network-privileged-listener: {}
rollout:
  batches: [100%]
  pause: 0s
  order: stop-first
  max_failures: 1
health:
  healthy_for: 10s
  deadline: 2m
  on_failure: rollback
  restart_trial: auto
keep: 7d
`;

/** The built-in playbook as somebody would write it; a test holds it to be the same as DEFAULT_PLAYBOOK. */
export const DEFAULT_PLAYBOOK_FILE: TextFile = {
  file: 'the built-in playbook',
  text: TEXT,
  bytes: new TextEncoder().encode(TEXT),
};

/** What is enforced when no playbook is named; ready-made, as reading it would take longer than reaching a host. */
export const DEFAULT_PLAYBOOK: Playbook = {
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
    'linux-capabilities': {
      require: 'cis',
      add: 'auto',
      mode: 'equivalent',
      instead: [],
      profiles: [],
      learned: [],
      containers: [],
    },
    'host-network-privileged-listener': {},
  },
  autoApprove: [],
  rollout: { batches: ['100%'], pauseSeconds: 0, order: 'stop-first', maxFailures: 1 },
  health: { healthyForSeconds: 10, deadlineSeconds: 120, onFailure: 'rollback', restartTrial: 'auto' },
  keepSeconds: 7 * 86_400,
  windows: [],
  digest: `sha256:${createHash('sha256').update(TEXT).digest('hex')}`,
};
