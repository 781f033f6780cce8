import type { HostTools } from '../../src/apply/tools.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EnforceError } from '../../src/model/errors.ts';
import type { Operation } from '../../src/model/plan.ts';
import type { MemoryEngine } from './memory-engine/memory-engine.ts';

/** What can happen around one call: to enforce, to the connection, to the engine. */
export const MISHAPS = [
  'killed before the call',
  'killed after it',
  'the reply lost',
  'an error answered although it was done',
  'the connection cut before it',
  'the engine started again after it',
  'all of it gone dark: killed, and the engine started again',
] as const;

/** One of them. */
export type Mishap = (typeof MISHAPS)[number];

/** A process that meets a mishap at its n-th call that writes. */
export interface Doomed {
  readonly tools: HostTools;
  /** The call it happened at; undefined while it has not. */
  readonly met: () => Operation | undefined;
  /** Resolves when the process must be thought dead; its work then never ends. */
  readonly dead: Promise<void>;
}

/** Gives a process its mishap. */
export function withMishap(
  tools: HostTools,
  memory: MemoryEngine,
  mishap: Mishap,
  atCall: number,
  counts: (operation: Operation) => boolean = () => true,
): Doomed {
  let calls = 0;
  let met: Operation | undefined;
  let killed = (): void => undefined;
  const dead = new Promise<void>((resolve) => {
    killed = resolve;
  });
  const run = async (engine: Engine, operation: Operation): Promise<void> => {
    if (counts(operation)) calls++;
    if (calls !== atCall || !counts(operation)) {
      await engine.run(operation);
      return;
    }
    met = operation;
    switch (mishap) {
      case 'killed before the call':
        killed();
        return await NEVER;
      case 'killed after it':
        await engine.run(operation);
        killed();
        return await NEVER;
      case 'all of it gone dark: killed, and the engine started again':
        await engine.run(operation);
        memory.reboot();
        killed();
        return await NEVER;
      case 'an error answered although it was done':
        await engine.run(operation);
        throw new EnforceError('engine-refused', `the engine refused ${operation.kind}: context canceled (HTTP 500)`);
      case 'the reply lost':
        once(memory, 'cut-after');
        await engine.run(operation);
        return;
      case 'the connection cut before it':
        once(memory, 'cut-before');
        await engine.run(operation);
        return;
      case 'the engine started again after it':
        rebootAfterNext(memory);
        await engine.run(operation);
        return;
    }
  };
  return {
    tools: {
      ...tools,
      async engine() {
        const engine = await tools.engine();
        return { ...engine, run: (operation) => run(engine, operation) };
      },
    },
    met: () => met,
    dead,
  };
}

/** A process that is dead does not go on. */
const NEVER = new Promise<never>(() => undefined);

function once(memory: MemoryEngine, fault: 'cut-before' | 'cut-after'): void {
  memory.fault = () => {
    memory.fault = () => undefined;
    return fault;
  };
}

function rebootAfterNext(memory: MemoryEngine): void {
  const watch = memory.afterEach;
  memory.afterEach = (call) => {
    memory.afterEach = watch;
    watch(call);
    memory.reboot();
  };
}
