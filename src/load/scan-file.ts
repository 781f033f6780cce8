import * as z from 'zod';
import type { HostPlan } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { readDocument } from './document.ts';
import type { DocumentKind } from './document.ts';
import { isEachHostOnce, unreadHostShape } from './host-shape.ts';
import { snapshotShape } from './snapshot-shape.ts';

/** A saved scan: what was read, and the hosts that could not be. */
export interface SavedScan {
  readonly snapshots: readonly Snapshot[];
  readonly notRead: readonly Extract<HostPlan, { readonly reachable: false }>[];
}

/** Reads a saved scan; whatever is wrong with the file is one error. */
export function parseSavedScan(text: string, fileName: string): SavedScan {
  const document = readDocument(text, fileName, SCAN, scanShape());
  return { snapshots: document.snapshots, notRead: document.unread };
}

const SCAN: DocumentKind = {
  noun: 'scan that enforce wrote',
  code: 'bad-scan',
  hint: 'make it anew with `enforce scan -o FILE`',
  maximumMebibytes: 256,
};

function scanShape() {
  return z
    .object({ snapshots: z.array(snapshotShape), unread: z.array(unreadHostShape) })
    .refine(({ snapshots, unread }) => isEachHostOnce([...snapshots, ...unread]), {
      path: ['snapshots'],
      error: 'each host once',
    });
}
