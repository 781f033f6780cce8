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
  max_failures: 1
health:
  healthy_for: 10s
  deadline: 2m
  on_failure: rollback
keep: 7d
`;

/** What is enforced when no playbook is named. */
export const DEFAULT_PLAYBOOK: TextFile = {
  file: 'the built-in playbook',
  text: TEXT,
  bytes: new TextEncoder().encode(TEXT),
};
