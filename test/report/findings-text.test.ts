import { describe, expect, test } from '@jest/globals';
import { EnforceError } from '../../src/model/errors.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Host } from '../../src/model/inventory.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { findingsDocumentWriter } from '../../src/report/findings-document.ts';
import type { ScanResult } from '../../src/report/findings-document.ts';
import { findingsTextWriter } from '../../src/report/findings-text.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { aCapabilityFinding, aFinding } from '../support/a-plan.ts';
import { snapshot } from '../support/containers.ts';
import { writtenBy } from '../support/scan-reports.ts';

const ACCEPTED = { reason: 'public mail', owner: 'a.lopez', expires: '2027-01-31', ticket: 'MAIL-118' };
const PLAIN = { colors: false };

describe('the text of a scan', () => {
  test('is a row for each finding and each host that failed, hints, and a summary', () => {
    const findings = [aFinding(), aCapabilityFinding(), aFinding({ container: 'mail', exception: ACCEPTED })];
    const error = new EnforceError('host-key', 'the host key changed', { hint: 'run ssh-keygen -R edge-1' });

    const text = findingsText([scanned('web-1', findings), failed('edge-1', error)], PLAIN);

    expect(text).toBe(`\
HOST    CONTAINER  RULE                  FOUND                                          REFS
web-1   shop       privileged-host-port  host port 80 is below 1024                     CIS 5.8  STIG V-260929
web-1   shop       linux-capabilities    14 capabilities, none of them asked for        CIS 5.4
web-1   mail       privileged-host-port  excepted until 2027-01-31 (MAIL-118, a.lopez)  CIS 5.8  STIG V-260929
edge-1  –          not scanned           the host key changed
edge-1: run ssh-keygen -R edge-1
2 findings in 1 container on 1 host, 1 excepted, 1 host not scanned.
`);
  });

  test('says what was looked at when nothing was found', () => {
    const text = findingsText([scanned('web-1', []), scanned('web-2', [])], PLAIN);

    expect(text).toBe('No findings in 4 containers on 2 hosts.\n');
  });

  test('never sounds compliant when no host could be scanned', () => {
    const text = findingsText([failed('edge-1', new Error('connection refused'))], PLAIN);

    expect(text).toMatch(/\nNo host was scanned, 1 host not scanned\.\n$/);
  });

  test('counts containers of the same name on different hosts apart', () => {
    const results = ['web-1', 'web-2'].map((host) => scanned(host, [aFinding({ host })]));

    expect(findingsText(results, PLAIN)).toContain('2 findings in 2 containers on 2 hosts.');
  });

  test('of many hosts comes before they are all known, in columns that only get wider', () => {
    const writer = findingsTextWriter(PLAIN);
    const many = Array.from({ length: 501 }, () => aFinding());

    const first = writer.add(scanned('web-1', many));
    const rest = writer.add(scanned('web-2', [aFinding({ host: 'web-2' })])) + writer.end();

    expect(first.split('\n')).toHaveLength(503);
    expect(rest.split('\n')[0]?.indexOf('shop')).toBe(first.split('\n')[1]?.indexOf('shop'));
    expect(rest).toMatch(/\n502 findings in 2 containers on 2 hosts\.\n$/);
  });
});

describe('the document of a scan', () => {
  test('is the same text as if it were written at once', () => {
    const text = writtenBy(findingsDocumentWriter('now'), [scanned('web-1', [aFinding(), aFinding()])]);

    expect(text).toBe(jsonText(JSON.parse(text) as JsonObject));
    expect(writtenBy(findingsDocumentWriter('now'), [])).toContain('"findings": [],\n  "hosts": [],');
  });

  test('has the findings and the hosts, in the names of the published format', () => {
    const error = new EnforceError('unreachable', 'connection refused', { hint: 'is sshd running?' });

    const document = findingsDocument(
      [scanned('web-1', [aFinding()]), failed('edge-1', error)],
      '2026-11-22T21:09:11Z',
    );

    expect(document).toMatchObject({
      format_version: '1.0',
      generated_at: '2026-11-22T21:09:11Z',
      errored: true,
      complete: false,
      findings: [
        {
          host: 'web-1',
          container: 'shop',
          id: aFinding().containerId,
          rule: 'privileged-host-port',
          severity: 'medium',
          refs: { cis: { '1.2.0': '5.7', '1.6.0': '5.8' }, stig: ['V-260929'] },
          because: 'host port 80 is below 1024',
          evidence: { kind: 'ports', ports: [{ host_ip: '0.0.0.0', host_port: 80, container_port: 80 }] },
          exception: null,
        },
      ],
      hosts: [
        {
          host: 'web-1',
          address: 'unix:///var/run/docker.sock',
          reachable: true,
          engine: { version: '20.10.24', api: '1.41', id: 'W3B1:ENGN' },
          containers: 2,
        },
        { host: 'edge-1', reachable: false, because: 'connection refused', hint: 'is sshd running?' },
      ],
    });
  });

  test('is complete when every host was read', () => {
    expect(findingsDocument([scanned('web-1', [])], 'now')).toMatchObject({ errored: false, complete: true });
  });
});

function findingsText(results: readonly ScanResult[], options: typeof PLAIN): string {
  return writtenBy(findingsTextWriter(options), results);
}

function findingsDocument(results: readonly ScanResult[], at: string): unknown {
  return JSON.parse(writtenBy(findingsDocumentWriter(at), results));
}

function scanned(name: string, findings: readonly Finding[]): ScanResult {
  return { host: hostNamed(name), ok: true, value: { engine: snapshot([]).engine, containers: 2, findings } };
}

function failed(name: string, error: Error): ScanResult {
  return { host: hostNamed(name), ok: false, error };
}

function hostNamed(name: string): Host {
  return { name, address: { kind: 'unix', path: '/var/run/docker.sock' }, groups: ['all'] };
}
