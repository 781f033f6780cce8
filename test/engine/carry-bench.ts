import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Change } from '../../src/model/plan.ts';
import type { RealEngine } from '../support/real-engine.ts';
import { realEngine } from '../support/real-engine.ts';
import { changeOf, workAt } from '../support/real-host.ts';

/** The run of every change here. */
export const CARRY_RUN = '7f3a';

/** Quick, as the containers do nothing. */
export const GATE = {
  healthyForSeconds: 1,
  deadlineSeconds: 20,
  onFailure: 'rollback',
  restartTrial: 'never',
} as const;

/** Containers on a real engine whose files are carried over. */
export interface CarryBench {
  readonly engine: RealEngine;
  /** Name of the test image. */
  readonly image: () => string;
  /** A process of enforce, a new one in each test. */
  readonly tools: () => HostTools;
  /** Runs a container and gives its name. */
  readonly launch: (own: string, ...options: readonly string[]) => Promise<string>;
  /** What a script prints within a container. */
  readonly within: (name: string, script: string) => Promise<string>;
  readonly apply: (name: string, carry: Change['carry'], tools?: HostTools) => Promise<Outcome>;
  /** Repositories of the images that were made of a container. */
  readonly carriedImages: (name: string) => Promise<readonly string[]>;
}

/** Sets the bench up for the tests of the suite that asks for it. */
export function carryBench(area: string): CarryBench {
  const engine = realEngine(area);
  const { docker, prefix, socketPath } = engine;
  let image = '';
  let enforce: HostTools | undefined;
  let leave: () => Promise<void> = () => Promise.resolve();
  beforeAll(async () => {
    image = await engine.busyboxImage();
  }, 120_000);
  afterAll(async () => {
    await engine.cleanUp();
    const images = await docker('image', 'ls', '-q', `enforce-carried/${prefix}*`);
    for (const id of images.split('\n').filter((line) => line !== '')) await docker('image', 'rm', '-f', id);
  }, 120_000);
  beforeEach(async () => {
    ({ tools: enforce, close: leave } = await workAt(socketPath, CARRY_RUN));
  });
  afterEach(() => leave());

  const tools = (): HostTools => {
    if (!enforce) throw new Error('no test has begun');
    return enforce;
  };
  return {
    engine,
    image: () => image,
    tools,
    async launch(own, ...options) {
      const name = `${prefix}${own}`;
      await docker('run', '-d', '--init', '--name', name, ...options, image, 'sleep', '9999');
      return name;
    },
    within: (name, script) => docker('exec', name, 'sh', '-c', script),
    async apply(name, carry, by = tools()) {
      const preflight = () => Promise.resolve({ ready: true } as const);
      return applyChange(
        { ...changeOf(await engine.inspect(name), ['DAC_OVERRIDE']), carry },
        { gate: GATE, planDigest: 'sha256:p1an', keepSeconds: 60, remembers: 'settings', preflight },
        by,
      );
    },
    async carriedImages(name) {
      const names = await docker('image', 'ls', '--format', '{{.Repository}}', `enforce-carried/${name}-*`);
      return names.split('\n').filter((line) => line !== '');
    },
  };
}
