import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GateTrial } from '../apply/gate-trial.ts';
import { DEFAULT_PLAYBOOK } from '../load/default-playbook.ts';
import { readProfile } from '../load/learned-profile.ts';
import { readObservations } from '../load/observation-file.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { LearnedProfile, ProfileKey, ProfileTrial } from '../model/learned.ts';
import type { Change } from '../model/plan.ts';
import type { Container, EngineFacts } from '../model/snapshot.ts';
import { heldToday } from '../plan/held-today.ts';
import { mergeProfiles } from '../plan/profile-of.ts';
import { profileOfTrials } from '../plan/profile-of-trials.ts';
import { profileText } from '../report/profile-document.ts';
import { profileIn, profilesOfWatches } from './save-profile.ts';
import { usage } from './run.ts';
import { saveFile } from './save-file.ts';
import { baseName } from '../model/base-name.ts';

/** What was known of a host's containers when their changes were begun. */
export interface LearningGround {
  readonly stateFolder: string;
  readonly engine: EngineFacts;
  readonly catalogue: Catalogue;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly changes: readonly Change[];
  /** As they were read for the last look before the change, by their id. */
  readonly containers: ReadonlyMap<string, Container>;
}

/** Keeps what the gate said to sets of capabilities in the profiles of those makings, for the next plans of this machine. */
export async function learnOutcomes(trials: readonly GateTrial[], ground: LearningGround): Promise<void> {
  for (const id of new Set(trials.map((trial) => trial.id))) {
    const container = ground.containers.get(id);
    const change = ground.changes.find((one) => one.id === id);
    if (!container || !change) continue;
    const own = trials.filter((trial) => trial.id === id).map((trial) => asKept(trial, container, ground.engine));
    const tried = profileOfTrials(
      container,
      { decisions: change.capabilities, mode: change.capabilityBasis?.mode ?? 'equivalent' },
      own,
    );
    await keep([...(await watchesOf(container, ground)), tried], ground.stateFolder);
  }
}

function asKept({ set, at, refused, ...trial }: GateTrial, container: Container, engine: EngineFacts): ProfileTrial {
  const { milliseconds, exitCode } = trial.stop ?? {};
  return {
    container: trial.id.slice(0, 12),
    host: createHash('sha256').update(engine.id).digest('hex').slice(0, 12),
    at,
    result: trial.result,
    set,
    before: heldToday(container).names,
    ...(refused.length > 0 ? { refused } : {}),
    gate: trial.looks,
    engine: engine.version,
    kernel: engine.kernelVersion,
    identities: trial.identities
      .slice(0, MOST_IDENTITIES)
      .map(({ name, userId, groupId }) => ({ program: name, user: userId, group: groupId })),
    stop:
      milliseconds === undefined || exitCode === undefined
        ? null
        : { seconds: Math.round(milliseconds / 100) / 10, exit: exitCode },
  };
}

/** Programs of one container that are told apart; a container may have as many as it likes. */
const MOST_IDENTITIES = 20;

/** What a set was derived from holds for the whole making too, once the gate has looked at it. */
async function watchesOf(
  container: Container,
  { stateFolder, engine, catalogue, day }: LearningGround,
): Promise<readonly LearnedProfile[]> {
  const settings = DEFAULT_PLAYBOOK.rules['linux-capabilities'];
  if (!settings) return [];
  const observations = await readObservations(stateFolder, engine.id, container.id);
  const learned = profilesOfWatches(container, observations, { engine, settings, catalogue, accepted: new Map(), day });
  return 'because' in learned ? [] : learned;
}

async function keep(learned: readonly LearnedProfile[], stateFolder: string): Promise<void> {
  const [first] = learned;
  if (!first) return;
  const folder = join(stateFolder, 'profiles');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, fileName(first.key));
  const known = await profileIn(file);
  const [start, ...others] = known ? [known, ...learned] : learned;
  if (!start) return;
  const text = profileText(others.reduce(mergeProfiles, start));
  // What could not be read again would end every later command, and much of it is in the words of a host.
  readProfile({ file, text });
  if (Buffer.byteLength(text) > MOST_BYTES)
    throw usage(`${file} would be larger than 1 MiB`, 'take trials out of it that are not needed any more');
  saveFile(file, text);
}

const MOST_BYTES = 1024 * 1024;

/** One file for each making: its image in words, and all of it as a digest. */
function fileName(key: ProfileKey): string {
  const image = `${baseName(key.repository)}-${key.tag}`;
  const words = image
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '_')
    .slice(0, 60);
  return `gate-${words}-${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12)}.yml`;
}
