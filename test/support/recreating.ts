import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { isOlder } from '../../src/model/api-version.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { Change, Edit } from '../../src/model/plan.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { callEngine } from './call-engine.ts';
import { busyboxImage, type Docker } from './docker.ts';
import type { Ended, Operator } from './operator.ts';
import { operatorOf } from './operator.ts';
import { realEngine } from './real-engine.ts';
import { changeOf, workAt } from './real-host.ts';

const RUN = '7f3a';
const GATE = { healthyForSeconds: 1, deadlineSeconds: 20, onFailure: 'rollback', restartTrial: 'never' } as const;

/** A real engine on which containers are made, changed by the product, looked at, and put back. */
export interface Recreating {
  readonly docker: Docker;
  readonly prefix: string;
  readonly image: () => string;
  /** A folder of the host, empty at first, for binds. */
  readonly folder: () => string;
  /** Whether the engine's API is older than a version. */
  readonly isOlderThan: (apiVersion: string) => boolean;
  readonly call: (method: string, path: string, body?: JsonValue) => ReturnType<typeof callEngine>;
  /** An image of the test's own, made of busybox with these Dockerfile lines. */
  ownImage(name: string, lines: readonly string[]): Promise<string>;
  /** `docker run -d`, with a small init; words before the image, then the command; the command sleeps when not given. */
  run(
    name: string,
    options?: readonly string[],
    command?: readonly string[],
    image?: string,
  ): Promise<ContainerInspect>;
  /** The same through the API, for what the docker command cannot say. */
  start(name: string, body: JsonObject): Promise<ContainerInspect>;
  inspect(name: string): Promise<ContainerInspect>;
  /** Changes a container: ports below 1024 move, ALL is dropped. */
  attempt(before: ContainerInspect, different?: Attempt): Promise<Outcome>;
  /** The same, which must succeed; the new container. */
  recreate(before: ContainerInspect, different?: Attempt): Promise<ContainerInspect>;
  /** Takes the change of a run back, in another run where one is given; that must succeed. What has the name then. */
  putBack(name: string, run?: string, by?: string): Promise<ContainerInspect>;
  /** What the product's own command plans for a container. */
  plan(name: string): Promise<Planned>;
  /** What `plan --json` tells of its ports. */
  portChanges(name: string): Promise<readonly JsonObject[]>;
  /** Why a container is blocked. It is then applied all the same, and must not have been touched by that. */
  refusal(name: string): Promise<string>;
}

/** A row of `plan --json`. */
export type Planned = Readonly<Record<string, unknown>> & {
  readonly action: string;
  readonly blocked: { readonly because: string } | null;
  readonly warnings: readonly string[];
};

/** What is different about one change. */
export interface Attempt {
  readonly keep?: readonly string[];
  /** Beside those of every change. */
  readonly edits?: readonly Edit[];
  /** What else is different about it. */
  readonly change?: Partial<Change>;
  readonly run?: string;
}

/** Sees to the engine before and after the tests of a suite; what a test made is gone before the next. */
export function recreating(area: string): Recreating {
  const engine = realEngine(`fidelity-${area}`);
  const { docker, prefix, socketPath } = engine;
  const images = new Set<string>();
  const volumes = new Set<string>();
  let image = '';
  let folder = '';
  let operator: Operator;
  let apiVersion = '';

  beforeAll(async () => {
    image = await engine.busyboxImage();
    folder = await realpath(await mkdtemp(join(tmpdir(), 'enforce-fidelity-')));
    apiVersion = await docker('version', '--format', '{{.Server.APIVersion}}');
    const inventoryFile = join(folder, 'inventory.yml');
    await writeFile(inventoryFile, `all: { hosts: { web-1: { docker: "unix://${socketPath}" } } }\n`);
    operator = operatorOf({ inventoryFile, homeFolder: folder });
  }, 120_000);
  afterEach(async () => {
    await engine.cleanUp();
    // A volume that is bound by name is not anonymous any more, so `rm -v` leaves it (recreate.md V5).
    for (const name of volumes) await docker('volume', 'rm', '-f', name);
    volumes.clear();
  }, 120_000);
  afterAll(async () => {
    for (const name of images) await docker('image', 'rm', '-f', name);
    operator.leave();
    await rm(folder, { recursive: true, force: true });
  });

  const inspect = async (name: string): Promise<ContainerInspect> => {
    const found = await engine.inspect(name.startsWith(prefix) ? name : `${prefix}${name}`);
    for (const { Type, Name } of found.Mounts ?? []) if (Type === 'volume' && Name) volumes.add(Name);
    return found;
  };
  const attempt: Recreating['attempt'] = async (
    before,
    { keep, edits = [], change: different = {}, run = RUN } = {},
  ) => {
    const { tools, close } = await workAt(socketPath, run);
    const change: Change = changeOf(before, keep);
    const preflight = () => Promise.resolve({ ready: true } as const);
    const settings = {
      gate: GATE,
      planDigest: 'sha256:p1an',
      keepSeconds: 60,
      remembers: 'settings' as const,
      preflight,
    };
    try {
      return await applyChange({ ...change, ...different, edits: [...change.edits, ...edits] }, settings, tools);
    } finally {
      await close();
    }
  };
  const enforce = (command: string, name: string, ...words: readonly string[]): Promise<Ended> =>
    operator.enforce(command, '--container', `${prefix}${name}`, ...words);
  const plan: Recreating['plan'] = async (name) => {
    const { stdout, stderr } = await enforce('plan', name, '--json');
    const { changes } = JSON.parse(stdout) as { readonly changes: readonly Planned[] };
    const [change] = changes;
    if (!change) throw new Error(`nothing is planned for ${name}: ${stderr}`);
    return change;
  };

  return {
    docker,
    prefix,
    image: () => image,
    folder: () => folder,
    isOlderThan: (version) => isOlder(apiVersion, version),
    call: (method, path, body) => callEngine(socketPath, method, path, body),
    async ownImage(name, lines) {
      images.add(`${prefix}${name}`);
      return busyboxImage(docker, `${prefix}${name}`, lines);
    },
    async run(name, options = [], command = ['sleep', '9999'], from = image) {
      await docker('run', '-d', '--init', '--name', `${prefix}${name}`, ...options, from, ...command);
      return inspect(name);
    },
    async start(name, body) {
      const { HostConfig, ...config } = body;
      const made = await callEngine(socketPath, 'POST', `/containers/create?name=${prefix}${name}`, {
        Image: image,
        Cmd: ['sleep', '9999'],
        ...config,
        HostConfig: { Init: true, ...(HostConfig as JsonObject | undefined) },
      });
      if (made.status !== 201) throw new Error(`${name} was not made: ${JSON.stringify(made.body)}`);
      await docker('start', `${prefix}${name}`);
      return inspect(name);
    },
    inspect,
    attempt,
    async recreate(before, different = {}) {
      const outcome = await attempt(before, different);
      expect(outcome).toEqual(expect.objectContaining({ result: 'applied' }));
      const after = await inspect(before.Name.slice(1));
      expect(after.Id).not.toBe(before.Id);
      return after;
    },
    async putBack(name, run = RUN, by = run) {
      const { tools, close } = await workAt(socketPath, by);
      try {
        const [target] = (await rollBackTargets(run, tools)).filter(
          ({ container }) => container === `${prefix}${name}`,
        );
        const back = target && (await rollBackTarget(target, GATE, tools));
        expect(back?.outcome).toMatchObject({ result: 'rolled-back', because: 'asked for' });
        return await inspect(name);
      } finally {
        await close();
      }
    },
    plan,
    async portChanges(name) {
      const { stdout } = await enforce('plan', name, '--json');
      return (JSON.parse(stdout) as { readonly port_changes: readonly JsonObject[] }).port_changes;
    },
    async refusal(name) {
      const before = await inspect(name);
      const { action, blocked } = await plan(name);
      expect(action).toBe('blocked');
      await enforce('apply', name, '--yes');
      expect(await inspect(name)).toEqual(before);
      expect(await docker('ps', '-aq', '--filter', `name=${prefix}${name}.`)).toBe('');
      return blocked?.because ?? '';
    },
  };
}

/** One more setting that a change sets. */
export function setting(path: string, after: JsonValue, before: JsonValue = null): Edit {
  return { path, before, after };
}
