import { canonicalJson } from '../model/canonical-json.ts';
import type { Change, Fingerprint } from '../model/plan.ts';
import { changeDocument } from '../report/plan-document.ts';

/**
 * Changes in groups of those that are the same on several hosts, in the order they first come: of a container of the same
 * name and image, with the same edits, capabilities, costs and warnings. Which host it is, and in which words each
 * capability was decided there, makes no difference.
 */
export function sameChanges(changes: readonly Change[]): readonly (readonly [Change, ...Change[]])[] {
  const groups = new Map<string, [Change, ...Change[]]>();
  for (const change of changes) {
    const likeness = canonicalJson(changeDocument(anywhere(change)));
    const group = groups.get(likeness);
    if (group) group.push(change);
    else groups.set(likeness, [change]);
  }
  return [...groups.values()];
}

const NO_HOST: Fingerprint = { engineId: '', configDigest: '', imageId: '' };

function anywhere(change: Change): Change {
  const { capabilityBasis } = change;
  return {
    ...change,
    host: '',
    id: '',
    staleIf: NO_HOST,
    because: change.because.map((finding) => ({ ...finding, host: '', containerId: '' })),
    capabilities: change.capabilities.map(({ capability, verdict, evidence }) => ({
      capability,
      verdict,
      evidence,
      because: '',
    })),
    ...(capabilityBasis === undefined ? {} : { capabilityBasis: { ...capabilityBasis, because: '', notes: [] } }),
    dependants: change.dependants.map((dependant) => ({ ...dependant, id: '', staleIf: NO_HOST })),
  };
}
