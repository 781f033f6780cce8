import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { observationFolder, readObservations } from '../load/observation-file.ts';
import type { Observation } from '../model/observation.ts';
import { jsonText } from '../report/json-text.ts';
import { observationFile } from '../report/observation-document.ts';
import { stateFolder } from './inputs.ts';
import type { CommonOptions } from './options.ts';
import { saveFile } from './save-file.ts';
import type { World } from './world.ts';

/** What is kept of one container; the oldest make room. */
const MOST_OBSERVATIONS = 10;

/** Keeps what was seen beside what was seen before, for whoever plans on this machine; only its owner may read it. */
export async function saveObservations(
  host: string,
  engineId: string,
  observations: readonly Observation[],
  options: Pick<CommonOptions, 'stateDir'>,
  world: World,
): Promise<void> {
  const state = stateFolder(options, world);
  const folder = observationFolder(state, engineId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const observation of observations) {
    const before = await readObservations(state, engineId, observation.id);
    const kept = [...before, observation].slice(-MOST_OBSERVATIONS);
    const text = jsonText(observationFile(host, engineId, kept, world.now().toISOString()));
    saveFile(join(folder, `${observation.id}.json`), text);
  }
}
