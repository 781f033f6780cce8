import type { EnforceError } from '../model/errors.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { HostTools } from './tools.ts';

/** Whether the candidate has the files of the old container's writable layer. */
export type Carried = { readonly ok: true } | { readonly ok: false; readonly because: string };

/** Brings the changed files of the old container's writable layer into its candidate. */
export async function carryFiles(
  _old: ContainerInspect,
  _candidate: ContainerInspect,
  _tools: HostTools,
  _make: (operation: Operation) => Promise<EnforceError | undefined>,
): Promise<Carried> {
  return await Promise.resolve({ ok: false, because: 'files cannot be carried yet' });
}
