import { parseRoleName } from '../model/names.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { noted } from './noted.ts';
import type { HostTools } from './tools.ts';
import { underLock } from './under-lock.ts';
import type { KeptContainer } from './unfinished.ts';

/** What became of a kept container. */
export interface Pruned {
  readonly kept: KeptContainer;
  readonly result: 'removed' | 'left';
  readonly because?: string;
}

/** Removes kept containers of a host, never their volumes. One that runs, or has another name by now, is somebody's and is left. */
export async function pruneHost(kept: readonly KeptContainer[], tools: HostTools): Promise<readonly Pruned[]> {
  const engine = await tools.engine();
  const found = new Map<string, ContainerInspect>();
  for (const { oldId } of kept) {
    const inspect = await engine.inspect(oldId);
    if (inspect) found.set(oldId, inspect);
  }
  const terms = { containers: [...found.values()], deadlineSeconds: 0 };
  if (terms.containers.length === 0) return kept.map((one) => ({ kept: one, result: 'left', because: 'it is gone' }));
  return await underLock(terms, tools, async (held) => {
    const results: Pruned[] = [];
    for (const one of kept) results.push(await pruneOne(one, held));
    return results;
  });
}

async function pruneOne(kept: KeptContainer, tools: HostTools): Promise<Pruned> {
  const inspect = await (await tools.engine()).inspect(kept.oldId);
  const because = whyLeft(kept, inspect);
  if (because !== undefined) return { kept, result: 'left', because };
  const { container, oldId, run } = kept;
  const note = { container, operation: 'remove', subject: oldId, detail: `remove what run ${run} kept` };
  const remove = async (): Promise<void> => (await tools.engine()).run({ kind: 'remove', id: oldId });
  const failure = await noted(note, remove, tools);
  if (failure?.code === 'locked') throw failure;
  return failure ? { kept, result: 'left', because: failure.message } : { kept, result: 'removed' };
}

function whyLeft({ keptName }: KeptContainer, inspect: ContainerInspect | undefined): string | undefined {
  if (!inspect) return 'it is gone';
  const name = inspect.Name.replace(/^\//, '');
  if (name !== keptName || parseRoleName(name)?.role !== 'bak') return `it is called ${name} now`;
  return inspect.State.Running ? 'it runs: somebody started it' : undefined;
}
