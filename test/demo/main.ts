import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedSetting } from './embedded.ts';
import { mainJob } from './main-job.ts';
import { realSetting } from './real.ts';
import type { Setting } from './setting.ts';
import { NotPossible } from './setting.ts';

/** The whole demo: sets the scene, runs the main job, and leaves nothing behind, also when it is interrupted. */
export async function demo(isReal: boolean, program: string): Promise<number> {
  const began = performance.now();
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  const folder = await mkdtemp(join(tmpdir(), 'enforce-demo-'));
  let setting: Setting | undefined;
  try {
    setting = isReal ? await realSetting(folder, interruption.signal) : await embeddedSetting();
    const outcome = await mainJob(setting, program, () => interruption.signal.aborted);
    if (interruption.signal.aborted) return 130;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`\n${outcome.wentWell ? 'Done' : 'Not as it should be'} in ${seconds} s: ${await setting.summary()}`);
    console.log(setting.next);
    return outcome.wentWell ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    await setting?.close();
    await rm(folder, { recursive: true, force: true });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);
  }
}
