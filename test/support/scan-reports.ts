import type { Snapshot } from '../../src/model/snapshot.ts';
import type { FindingsWriter, ScanResult } from '../../src/report/findings-document.ts';
import type { UnreadHost } from '../../src/report/host-document.ts';
import { snapshotsWriter } from '../../src/report/snapshots-document.ts';

/** All that a writer writes of these results. */
export function writtenBy(writer: FindingsWriter, results: readonly ScanResult[]): string {
  return results.map((result) => writer.add(result)).join('') + writer.end();
}

/** A saved scan of these hosts, as the file has it. */
export function savedScan(snapshots: readonly Snapshot[], unread: readonly UnreadHost[], at: string): string {
  const { begin, snapshot, end } = snapshotsWriter(at);
  return begin() + snapshots.map(snapshot).join('') + end(unread);
}
