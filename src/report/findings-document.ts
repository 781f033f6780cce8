import type { Finding } from '../model/finding.ts';
import { EnforceError } from '../model/errors.ts';
import { addressText } from '../model/inventory.ts';
import type { Host, HostResult } from '../model/inventory.ts';
import type { JsonObject } from '../model/json.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { documentHead } from './document.ts';
import { findingDocument } from './finding-document.ts';
import { engineDocument, unreadHostDocument } from './host-document.ts';
import type { UnreadHost } from './host-document.ts';

/** What a scan found on one host, or why it could not be scanned. */
export type ScanResult = HostResult<{ readonly snapshot: Snapshot; readonly findings: readonly Finding[] }>;

/** The machine output of `enforce scan`. */
export function findingsDocument(results: readonly ScanResult[], generatedAt: string): JsonObject {
  const unread = results.filter((result) => !result.ok).length;
  return {
    ...documentHead(generatedAt, unread),
    findings: results.flatMap((result) => (result.ok ? result.value.findings.map(findingDocument) : [])),
    hosts: results.map(hostDocument),
  };
}

/** A host whose reading failed, as plans, saved scans and machine output carry it. */
export function unreadHost(host: Host, error: Error): UnreadHost {
  return {
    host: host.name,
    address: addressText(host.address),
    reachable: false,
    because: error.message,
    ...(error instanceof EnforceError && error.hint !== undefined ? { hint: error.hint } : {}),
  };
}

function hostDocument(result: ScanResult): JsonObject {
  if (!result.ok) return unreadHostDocument(unreadHost(result.host, result.error));
  const { snapshot } = result.value;
  return {
    host: result.host.name,
    address: addressText(result.host.address),
    reachable: true,
    engine: engineDocument(snapshot.engine),
    containers: snapshot.containers.length,
  };
}
