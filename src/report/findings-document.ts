import type { Finding } from '../model/finding.ts';
import { EnforceError } from '../model/errors.ts';
import { addressText } from '../model/inventory.ts';
import type { Host, HostResult } from '../model/inventory.ts';
import type { JsonObject } from '../model/json.ts';
import type { EngineFacts } from '../model/snapshot.ts';
import { documentStart, documentVerdict } from './document.ts';
import { findingDocument } from './finding-document.ts';
import { engineDocument, unreadHostDocument } from './host-document.ts';
import type { UnreadHost } from './host-document.ts';
import { documentWriter } from './json-text.ts';

/** What a scan found on one host. */
export interface ScannedHost {
  readonly engine: EngineFacts;
  /** How many it has. */
  readonly containers: number;
  /** How many of them were not looked at again, but are as an earlier scan saw them; none when not given. */
  readonly remembered?: number;
  readonly findings: readonly Finding[];
}

/** What a scan found on one host, or why it could not be scanned. */
export type ScanResult = HostResult<ScannedHost>;

/** A report that is written host by host: of thousands, no more is kept than a line each. */
export interface FindingsWriter {
  /** What can be written now that this host is known. */
  readonly add: (result: ScanResult) => string;
  /** The rest. */
  readonly end: () => string;
}

/** The machine output of `enforce scan`. What it says of the whole comes last, when it is known. */
export function findingsDocumentWriter(generatedAt: string): FindingsWriter {
  const document = documentWriter(documentStart(generatedAt), 'findings');
  const hosts: JsonObject[] = [];
  let unread = 0;
  let hasBegun = false;
  const begin = (): string => {
    if (hasBegun) return '';
    hasBegun = true;
    return document.begin();
  };
  return {
    add(result) {
      hosts.push(hostDocument(result));
      if (!result.ok) unread++;
      const found = result.ok ? result.value.findings : [];
      return begin() + found.map((finding) => document.item(findingDocument(finding))).join('');
    },
    end: () => begin() + document.end({ hosts, ...documentVerdict(unread) }),
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
  const { engine, containers, remembered = 0 } = result.value;
  return {
    host: result.host.name,
    address: addressText(result.host.address),
    reachable: true,
    engine: engineDocument(engine),
    containers,
    ...(remembered > 0 ? { remembered } : {}),
  };
}
