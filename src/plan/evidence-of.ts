import type { Evidence } from '../model/evidence.ts';
import type { Known } from '../model/machine.ts';
import type { Container, EngineFacts } from '../model/snapshot.ts';
import { isNonRoot } from './configuration-needs.ts';
import { evidenceOfFiles } from './evidence-of-files.ts';
import { evidenceOfProcesses } from './evidence-of-processes.ts';
import { evidenceOfStart } from './evidence-of-start.ts';
import { latentRules } from './latent-rules.ts';
import { lowPorts } from './low-ports.ts';
import { provenZero } from './proven-zero.ts';

/** What a container's own processes, files, ports and start texts tell. */
export interface OwnEvidence {
  readonly evidence: readonly Evidence[];
  /** Why nothing of it can use any capability at all; null where that is not proven. */
  readonly provenZero: string | null;
}

/** Everything that can be read off a container as it is, without watching it. */
export function evidenceOf(container: Container, engine: EngineFacts): OwnEvidence {
  const runtime = container.details?.runtime;
  const proof = provenZero(container);
  return {
    evidence: [
      ...evidenceOfProcesses(valueOf(runtime?.processes)),
      ...evidenceOfFiles(valueOf(runtime?.poweredFiles)),
      ...(isNonRoot(container) ? [] : evidenceOfStart(valueOf(runtime?.startTexts))),
      ...latentRules(container),
      lowPorts(container, engine),
    ],
    provenZero: proof.isProven ? proof.because : null,
  };
}

function valueOf<Item>(fact: Known<readonly Item[]> | undefined): readonly Item[] {
  return fact?.known === true ? fact.value : [];
}
