import type { Finding } from '../../src/model/finding.ts';
import type { Change, HostPlan, Plan } from '../../src/model/plan.ts';
import { snapshot } from './containers.ts';

/** A finding of a published port 80 on web-1/shop. */
export function aFinding(different: Partial<Finding> = {}): Finding {
  return {
    rule: 'privileged-host-port',
    severity: 'medium',
    refs: { cis: { '1.2.0': '5.7', '1.6.0': '5.8' }, stig: ['V-260929'] },
    because: 'host port 80 is below 1024',
    evidence: {
      kind: 'ports',
      ports: [
        {
          hostIp: '0.0.0.0',
          hostPort: 80,
          hostPortEnd: 80,
          protocol: 'tcp',
          containerPort: 80,
          state: 'running',
        },
      ],
    },
    host: 'web-1',
    container: 'shop',
    containerId: '0c21'.repeat(16),
    exception: null,
    ...different,
  };
}

/** A finding of the default capabilities on web-1/shop. */
export function aCapabilityFinding(different: Partial<Finding> = {}): Finding {
  return aFinding({
    rule: 'linux-capabilities',
    refs: { cis: { '1.6.0': '5.4' }, stig: [] },
    because: '14 capabilities, none of them asked for',
    evidence: { kind: 'capabilities', effective: ['CHOWN', 'NET_RAW'], excess: ['NET_RAW'], privileged: false },
    ...different,
  });
}

/** A change of web-1/shop: port 80 moves, two capabilities stay, two fall. */
export function aChange(different: Partial<Change> = {}): Change {
  return {
    host: 'web-1',
    container: 'shop',
    id: '0c21'.repeat(16),
    image: 'nginx:1.25',
    action: 'recreate',
    because: [aFinding(), aCapabilityFinding()],
    edits: [
      {
        path: 'HostConfig.PortBindings',
        before: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] },
        after: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] },
      },
      { path: 'HostConfig.CapDrop', before: null, after: ['ALL'] },
      { path: 'HostConfig.CapAdd', before: null, after: ['SETGID', 'SETUID'] },
    ],
    portMoves: [{ protocol: 'tcp', ip: '0.0.0.0', from: 80, to: 8080, containerPort: 80 }],
    capabilities: [
      { capability: 'SETGID', verdict: 'keep', evidence: 'catalogue', because: 'workers change their group' },
      { capability: 'SETUID', verdict: 'keep', evidence: 'catalogue', because: 'workers change their user' },
      { capability: 'AUDIT_WRITE', verdict: 'drop', evidence: 'none', because: 'nothing here writes audit records' },
      { capability: 'NET_RAW', verdict: 'drop', evidence: 'none', because: 'no raw sockets are opened' },
    ],
    warnings: ['compose project shop (/srv/shop/compose.yml) still publishes 80: run enforce patch'],
    blocked: null,
    owner: { kind: 'compose', name: 'shop', files: ['/srv/shop/compose.yml'] },
    activity: 'running',
    order: 'stop-first',
    keeps: 'container',
    carry: 'none',
    carriedFiles: 0,
    dependants: [],
    downtimeSeconds: 2,
    worstCaseSeconds: 142,
    staleIf: { engineId: '7TF3:ENGINE', configDigest: 'sha256:c0', imageId: 'sha256:1a' },
    ...different,
  };
}

/** A host that was read, web-1, with the changes given. */
export function aHostPlan(changes: readonly Change[], compliant: readonly string[] = []): HostPlan {
  return {
    host: 'web-1',
    address: 'ssh://deploy@web-1',
    reachable: true,
    engine: snapshot([]).engine,
    containers: changes.length + compliant.length,
    compliant,
    changes,
  };
}

/** A host that could not be read. */
export const anUnreadHost: HostPlan = {
  host: 'edge-1',
  address: 'tcp://10.0.0.9:2376',
  reachable: false,
  because: 'the host key changed',
  hint: 'compare SHA256:Vx1 with the console, then ssh-keygen -R edge-1',
};

/** A plan of the hosts given. */
export function aPlan(hosts: readonly HostPlan[], warnings: readonly string[] = []): Plan {
  return {
    createdAt: '2026-11-22T21:09:11.000Z',
    playbook: { name: 'default', digest: 'sha256:9b1c' },
    exceptionsDigest: 'sha256:e3b0',
    hosts,
    warnings,
  };
}
