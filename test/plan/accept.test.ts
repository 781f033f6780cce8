import { describe, expect, test } from '@jest/globals';
import type { Evidence, Finding } from '../../src/model/finding.ts';
import type { ExceptionMatch } from '../../src/model/playbook.ts';
import { accept, covers } from '../../src/plan/accept.ts';
import { aCapabilityFinding, aFinding } from '../support/a-plan.ts';
import { anException } from '../support/a-playbook.ts';
import { container } from '../support/containers.ts';

const web = container('shop-web', {
  Config: { Image: 'haproxy', Labels: { 'com.example.role': 'edge', tier: 'front' } },
});

describe('an exception', () => {
  test.each<ExceptionMatch>([
    { host: 'web-*' },
    { host: 'web-?' },
    { container: 'shop-*' },
    { container: 'shop-web' },
    { image: 'haproxy' },
    { image: 'haproxy:*' },
    { image: 'haproxy:latest' },
    { label: 'tier' },
    { label: 'tier=front' },
    { label: 'com.example.*=edge' },
    { label: '*=edge' },
    { host: 'web-1', container: '*web', image: '*proxy*', label: 'tier=*' },
  ])('matches by %j', (match) => {
    expect(accept(aFinding(), web, [anException({ match })])).toMatchObject([{ exception: { owner: 'a.lopez' } }]);
  });

  test.each<ExceptionMatch>([
    { host: 'lb-*' },
    { host: 'web' },
    { container: 'shop' },
    { image: 'haproxy:2.*' },
    { image: 'proxy' },
    { label: 'edge' },
    { label: 'tier=back' },
    { label: 'com.example.role' + '=' },
    { host: 'web-1', label: 'tier=back' },
  ])('does not match by %j', (match) => {
    expect(accept(aFinding(), web, [anException({ match })])).toEqual([aFinding()]);
  });

  test('is for one rule only', () => {
    const other = anException({ rule: 'linux-capabilities', match: { container: '*' } });

    expect(accept(aFinding(), web, [other])).toEqual([aFinding()]);
  });

  test('is shown with its reason, owner, last day and ticket', () => {
    const [finding] = accept(aFinding(), web, [anException({ match: { container: '*' } })]);

    expect(finding?.exception).toEqual({
      reason: 'inbound mail must arrive on 25',
      owner: 'a.lopez',
      expires: '2027-01-31',
      ticket: 'MAIL-118',
    });
  });
});

describe('an exception narrowed to ports', () => {
  const both = portsFinding([80, 443]);

  test('leaves the finding about the other ports standing', () => {
    const parts = accept(both, web, [everyWeb({ ports: ['80/tcp'] })]);

    expect(parts.map(story)).toEqual(['publishes 443/tcp below 1024', 'publishes 80/tcp below 1024 accepted']);
    expect(parts.map(({ evidence }) => portsOf(evidence))).toEqual([[443], [80]]);
  });

  test('accepts the whole when it names every port', () => {
    expect(accept(both, web, [everyWeb({ ports: ['80/tcp', '443/tcp'] })])).toMatchObject([
      { because: both.because, exception: { ticket: 'MAIL-118' } },
    ]);
  });

  test('accepts the whole together with another one', () => {
    const parts = accept(both, web, [everyWeb({ ports: ['80/tcp'] }), everyWeb({ ports: ['443/tcp'], owner: 'b' })]);

    expect(parts).toMatchObject([{ exception: { owner: 'a.lopez' } }, { exception: { owner: 'b' } }]);
  });

  test.each(['80/udp', '8080/tcp'])('accepts nothing when it names %s', (port) => {
    expect(accept(both, web, [everyWeb({ ports: [port] })])).toEqual([both]);
  });

  test('accepts a port on each of its addresses, IPv4 and IPv6', () => {
    const rows = portsFinding([80, 80]);

    expect(accept(rows, web, [everyWeb({ ports: ['80/tcp'] })])).toMatchObject([{ exception: { owner: 'a.lopez' } }]);
  });

  test('does not accept a range that holds the port', () => {
    const range = portsFinding([80], 90);

    expect(accept(range, web, [everyWeb({ ports: ['80/tcp'] })])).toEqual([range]);
  });

  test('leaves the finding about another listener of a host network standing', () => {
    const evidence: Evidence = {
      kind: 'listeners',
      listeners: [
        { protocol: 'udp', ip: '0.0.0.0', port: 53 },
        { protocol: 'tcp', ip: '0.0.0.0', port: 80 },
      ],
    };
    const finding = aFinding({ rule: 'host-network-privileged-listener', evidence });

    const parts = accept(finding, web, [everyWeb({ rule: 'host-network-privileged-listener', ports: ['53/udp'] })]);

    expect(parts.map(story)).toEqual([
      'listens on 80/tcp of the host, whose network it shares',
      'listens on 53/udp of the host, whose network it shares accepted',
    ]);
  });
});

describe('an exception narrowed to capabilities', () => {
  const vpn = capabilityFinding(['NET_ADMIN', 'NET_RAW']);

  test('leaves the finding about the others standing', () => {
    const parts = accept(vpn, web, [everyWeb({ rule: 'linux-capabilities', capabilities: ['NET_ADMIN'] })]);

    expect(parts.map(story)).toEqual(['holds NET_RAW', 'holds NET_ADMIN accepted']);
    expect(parts.map(({ evidence }) => evidence)).toMatchObject([{ excess: ['NET_RAW'] }, { excess: ['NET_ADMIN'] }]);
  });

  test('accepts the whole when it names every one in excess', () => {
    const exception = everyWeb({ rule: 'linux-capabilities', capabilities: ['NET_ADMIN', 'NET_RAW'] });

    expect(accept(vpn, web, [exception])).toMatchObject([{ because: vpn.because, exception: { owner: 'a.lopez' } }]);
  });

  test('does not accept that the container is privileged, however many it names', () => {
    const privileged = capabilityFinding(['NET_ADMIN'], true);
    const exception = everyWeb({ rule: 'linux-capabilities', capabilities: ['NET_ADMIN'] });

    expect(accept(privileged, web, [exception])).toEqual([privileged]);
  });

  test('accepts no finding without excess', () => {
    const nothing = capabilityFinding([]);

    expect(accept(nothing, web, [everyWeb({ rule: 'linux-capabilities', capabilities: ['CHOWN'] })])).toEqual([
      nothing,
    ]);
  });
});

describe('an exception narrowed to what a finding cannot have', () => {
  const unknown = aFinding({
    rule: 'host-network-privileged-listener',
    evidence: { kind: 'unknown', missing: 'no root there' },
  });

  test.each<readonly [string, Finding, Partial<Parameters<typeof anException>[0]>]>([
    ['capabilities, for ports', aFinding(), { capabilities: ['NET_RAW'] }],
    ['ports, for capabilities', aCapabilityFinding(), { rule: 'linux-capabilities', ports: ['80/tcp'] }],
    ['ports, for what could not be read', unknown, { rule: 'host-network-privileged-listener', ports: ['80/tcp'] }],
  ])('accepts nothing: %s', (_sentence, finding, different) => {
    const exception = everyWeb(different);

    expect(accept(finding, web, [exception])).toEqual([finding]);
    expect(covers(exception, finding, web)).toBe(false);
  });

  test('accepts what could not be read when it is narrowed to nothing', () => {
    const exception = everyWeb({ rule: 'host-network-privileged-listener' });

    expect(accept(unknown, web, [exception])).toMatchObject([{ exception: { owner: 'a.lopez' } }]);
  });
});

function everyWeb(different: Parameters<typeof anException>[0]) {
  return anException({ match: { container: 'shop-web' }, ...different });
}

function portsFinding(ports: readonly number[], end?: number): Finding {
  return aFinding({
    evidence: {
      kind: 'ports',
      ports: ports.map((hostPort, at) => ({
        hostIp: at === 0 ? '0.0.0.0' : '::',
        hostPort,
        hostPortEnd: end ?? hostPort,
        protocol: 'tcp',
        containerPort: hostPort,
        state: 'running',
      })),
    },
  });
}

function capabilityFinding(excess: readonly string[], privileged = false): Finding {
  return aCapabilityFinding({ evidence: { kind: 'capabilities', effective: excess, excess, privileged } });
}

function story({ because, exception }: Finding): string {
  return exception === null ? because : `${because} accepted`;
}

function portsOf(evidence: Evidence): readonly number[] {
  return evidence.kind === 'ports' ? evidence.ports.map(({ hostPort }) => hostPort) : [];
}
