import { applyChange } from '../../src/apply/apply-change.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { HostTools } from '../../src/apply/tools.ts';
import { parseJson, writeJson } from '../../src/engine/json-text.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { text } from '../support/memory-engine/fields.ts';
import { changeOf, hurried, workAt } from '../support/real-host.ts';
import type { ContainerCase } from './container-case.ts';
import { differencesAfterRecreate, differencesAfterStart } from './normal-form.ts';
import type { Site } from './site.ts';

/** How the trial of a case ended: the engine or the program would not have it, or what was wrong; nothing is as it should. */
export type Verdict =
  | { readonly kind: 'discarded'; readonly because: string }
  | { readonly kind: 'tried'; readonly wrong: readonly string[] };

const GATE = { healthyForSeconds: 1, deadlineSeconds: 600, onFailure: 'rollback', restartTrial: 'never' } as const;

/** Makes the container of a case, recreates it with no edits, looks, rolls back, looks again, and takes all of it away. */
export async function tryOut(each: ContainerCase, site: Site, lane: number, trial: number): Promise<Verdict> {
  const name = `${site.engine.prefix}${lane}-${trial}`;
  const { tools, close } = await workAt(site.engine.socketPath, `run${lane}x${trial}`);
  let volumes: readonly string[] = [];
  try {
    const refusal = await launch(filledIn(each, await site.words(name, lane, trial)), name, site);
    if (refusal !== undefined) return { kind: 'discarded', because: refusal };
    const first = await inspect(name, site);
    volumes = (first.Mounts ?? []).flatMap((mount) => mount.Name ?? []);
    const noted = await note(first, site);
    const before = await inspect(name, site);
    if (!before.State.Running || (before.RestartCount ?? 0) > 0)
      return {
        kind: 'discarded',
        because: `it does not stay up: ${before.State.ExitCode ?? ''} ${before.State.Error ?? ''}`,
      };
    if (!noted) return { kind: 'discarded', because: 'nothing can be written in it' };
    // Nothing listens in it; right after a start the engine's proxy keeps callers waiting all the same.
    const enforce: HostTools = { ...tools, clock: hurried(tools.clock), probe: () => Promise.resolve('silent') };
    return { kind: 'tried', wrong: await site.inTurn(() => recreateAndBack(before, site, enforce)) };
  } finally {
    await close();
    await clear(name, volumes, site);
  }
}

async function recreateAndBack(before: ContainerInspect, site: Site, enforce: HostTools): Promise<readonly string[]> {
  const name = before.Name.slice(1);
  const preflight = () => Promise.resolve({ ready: true } as const);
  const settings = {
    gate: GATE,
    planDigest: 'sha256:p1an',
    keepSeconds: 60,
    remembers: 'settings' as const,
    preflight,
  };

  const outcome = await applyChange({ ...changeOf(before), edits: [] }, settings, enforce);
  if (outcome.result !== 'applied') return [`the change ended ${outcome.result}: ${outcome.because}`];
  const after = await inspect(name, site);
  const wrong = [
    ...(after.Id === before.Id ? ['it is not a new container'] : []),
    ...differencesAfterRecreate(before, after),
    ...(await lostNotes(before, site)),
  ];
  const [target] = await rollBackTargets(enforce.journal.run, enforce);
  const back = target && (await rollBackTarget(target, GATE, enforce));
  if (back?.outcome.result !== 'rolled-back') return [...wrong, `the rollback ended ${JSON.stringify(back?.outcome)}`];
  const restored = await inspect(name, site);
  const left = await site.engine.docker('ps', '-a', '--format', '{{.Names}}', '--filter', `name=^/?${name}\\.`);
  return [
    ...wrong,
    ...differencesAfterStart(before, restored).map((row) => `rolled back: ${row}`),
    ...(await lostNotes(restored, site)).map((row) => `rolled back: ${row}`),
    ...(left === '' ? [] : [`left over: ${left}`]),
  ];
}

/** Why the engine would not have it; undefined when it was started. */
async function launch(
  { body, connect = [], disconnect = [] }: ContainerCase,
  name: string,
  site: Site,
): Promise<string | undefined> {
  const calls: readonly (readonly [path: string, body: JsonObject])[] = [
    [`/containers/create?name=${name}`, body],
    ...connect.map(
      ({ network, endpoint }) =>
        [`/networks/${network}/connect`, { Container: name, EndpointConfig: endpoint }] as const,
    ),
    ...disconnect.map((network) => [`/networks/${network}/disconnect`, { Container: name }] as const),
    [`/containers/${name}/start`, {}],
  ];
  for (const [path, sent] of calls) {
    const { status, body: said } = await site.call('POST', path, sent);
    if (status >= 300)
      return `${path.replace(name, 'NAME')} ${status}: ${isJsonObject(said) ? text(said['message']) : ''}`;
  }
  return undefined;
}

/** The case with the words of this trial. */
function filledIn(each: ContainerCase, words: Readonly<Record<string, string>>): ContainerCase {
  const text = writeJson({ ...each } as unknown as JsonObject);
  return parseJson(
    text.replace(/@([A-Z0-9+-]+)@/g, (all, word: string) => words[word] ?? all),
  ) as unknown as ContainerCase;
}

async function inspect(name: string, site: Site): Promise<ContainerInspect> {
  const { status, body } = await site.call('GET', `/containers/${name}/json`);
  if (status !== 200) throw new Error(`there is no container ${name}`);
  return body as unknown as ContainerInspect;
}

/** Writes into every place that outlives the container; false when it cannot be done. */
async function note(inspect: ContainerInspect, site: Site): Promise<boolean> {
  const script = 'for place in "$@"; do echo "in $place" >> "$place/.note" || exit 1; done';
  return run(inspect, script, site).then(
    () => true,
    () => false,
  );
}

async function lostNotes(inspect: ContainerInspect, site: Site): Promise<readonly string[]> {
  const script = 'for place in "$@"; do /bin/grep -qxF "in $place" "$place/.note" || echo "$place"; done';
  const lost = await run(inspect, script, site).catch((error: unknown) => String(error));
  return lost === '' ? [] : [`the data is lost in ${lost}`];
}

async function run({ Name, Mounts }: ContainerInspect, script: string, { engine }: Site): Promise<string> {
  const places = (Mounts ?? [])
    .filter(({ Type, RW }) => Type !== 'tmpfs' && RW === true)
    .map((mount) => mount.Destination);
  if (places.length === 0) return '';
  return engine.docker('exec', '-u', '0', Name.slice(1), '/bin/sh', '-c', script, 'sh', ...places);
}

async function clear(name: string, volumes: readonly string[], { engine, call }: Site): Promise<void> {
  const ids = await engine.docker('ps', '-aq', '--no-trunc', '--filter', `name=^/?${name}(\\.|$)`);
  for (const id of ids.split('\n').filter((line) => line !== '')) await call('DELETE', `/containers/${id}?force=1&v=1`);
  const own = ['one', 'two', 'three'].map((word) => `${name}-${word}`);
  // Volumes that others use are refused; those were lent.
  for (const volume of [...volumes, ...own]) await call('DELETE', `/volumes/${volume}`);
}
