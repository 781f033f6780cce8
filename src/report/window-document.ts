import type { JsonObject } from '../model/json.ts';
import type { Opening, WindowOutlook } from '../model/opening.ts';

/** Maintenance windows in machine output: of `plan` and `status`, only where there are any. */
export function windowDocument({ hosts, windows, state, next, misfits }: WindowOutlook): JsonObject {
  return {
    hosts: [...hosts],
    windows: windows.map(({ name }) => name),
    open: state.isOpen,
    closes_at: state.isOpen ? instantText(state.closesAt) : null,
    denied_by: state.isOpen ? null : (state.deniedBy?.name ?? null),
    next: next ? openingDocument(next) : null,
    misfits: misfits.map(({ host, container, worstCaseSeconds, fitsAt }) => ({
      host,
      container,
      worst_case_s: worstCaseSeconds,
      fits_at: fitsAt ? instantText(fitsAt.opensAt) : null,
    })),
  };
}

function openingDocument({ opensAt, closesAt, by }: Opening): JsonObject {
  return { window: by?.name ?? null, opens_at: instantText(opensAt), closes_at: instantText(closesAt) };
}

function instantText(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
