import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyChange } from '../../src/apply/apply-change.ts';
import { resumeHost } from '../../src/apply/apply-host.ts';
import { rollBackTarget, rollBackTargets } from '../../src/apply/roll-back-target.ts';
import { isOlder } from '../../src/model/api-version.ts';
import type { Outcome } from '../../src/model/journal.ts';
import type { HeldDeadlines } from '../support/held-deadlines.ts';
import { holdDeadlines } from '../support/held-deadlines.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { changeOf, hurried, workAt } from '../support/real-host.ts';
import type { WireCall, WireFault } from '../support/wire.ts';
import { WIRE_FAULTS, wireTo } from '../support/wire.ts';

const GATE = { healthyForSeconds: 1, deadlineSeconds: 200, onFailure: 'rollback', restartTrial: 'never' } as const;
const WRITES = ['create', 'connect', 'stop', 'update', 'rename', 'start', 'remove'] as const;
/** So many runs with faults at random; `ENFORCE_WIRE_TRIALS=100` makes it many. */
const TRIALS = Number(process.env['ENFORCE_WIRE_TRIALS'] ?? 5);
const TIMEOUT = (10 + TRIALS) * 60_000;

describeReal('a wire to a real engine that fails', () => {
  const engine = realEngine('wire');
  const { docker, prefix, socketPath } = engine;
  let image = '';
  let trials = 0;
  let deadlines: HeldDeadlines;

  beforeAll(async () => {
    await engine.cleanUp();
    image = await engine.busyboxImage();
    for (const name of ['front', 'back']) await docker('network', 'create', `${prefix}${name}`);
  }, 120_000);
  afterAll(() => engine.cleanUp(), 120_000);
  beforeEach(() => {
    deadlines = holdDeadlines();
  });
  afterEach(() => deadlines.release());

  test(
    'in each way, at each kind of call that writes, does no harm',
    async () => {
      const apiVersion = await docker('version', '--format', '{{.Server.APIVersion}}');
      // From API 1.44 on a container is in all its networks as soon as it is created.
      const kinds = WRITES.filter((kind) => kind !== 'connect' || isOlder(apiVersion, '1.44'));
      const open = new Map(kinds.map((kind) => [kind as string, [...WIRE_FAULTS]]));
      const wrong: string[] = [];

      for (let rounds = 0; rounds < 60 && [...open.values()].some((faults) => faults.length > 0); rounds++) {
        const met = new Map<string, WireFault | undefined>();
        const rows = await trial(({ kind, writes }) => {
          const verb = kind.split(' ')[1] ?? '';
          if (!writes || met.has(verb)) return undefined;
          met.set(verb, open.get(verb)?.shift());
          return met.get(verb);
        });
        wrong.push(...rows.map((row) => `${JSON.stringify([...met])}: ${row}`));
      }

      expect(wrong).toEqual([]);
      expect([...open].filter(([, faults]) => faults.length > 0)).toEqual([]);
    },
    TIMEOUT,
  );

  test(
    'at a quarter of all calls does no harm',
    async () => {
      const anyFault = fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom(...WIRE_FAULTS) },
      );
      const anyFaults = fc.array(anyFault, { minLength: 120, maxLength: 120 });
      // Some calls pass first: nothing is begun when the first look fails.
      const property = fc.asyncProperty(fc.nat(12), anyFaults, async (sound, faults) => {
        let calls = 0;
        expect(await trial(() => faults[calls++ - sound])).toEqual([]);
      });

      await fc.assert(property, { numRuns: TRIALS });
    },
    TIMEOUT,
  );

  /** Changes a container over the wire, and takes it back where that went well; then resumes over a sound one. */
  async function trial(faultOf: (call: WireCall) => WireFault | undefined): Promise<readonly string[]> {
    const name = `${prefix}${++trials}`;
    const run = `w1re${trials}`;
    const since = Date.now();
    await launch(name);
    const before = await engine.inspect(name);
    const wire = await wireTo(socketPath, deadlines);
    const { tools, close } = await workAt(wire.socketPath, run);
    const enforce = { ...tools, clock: hurried(tools.clock) };
    const preflight = () => Promise.resolve({ ready: true } as const);
    const settings = {
      gate: GATE,
      planDigest: 'sha256:p1an',
      keepSeconds: 60,
      remembers: 'settings' as const,
      preflight,
    };
    try {
      wire.fault = faultOf;
      const told = [await applyChange(changeOf(before), settings, enforce)];
      const wrong = [...(await untruth(told[0], name, before.Id))];
      if (told[0]?.result === 'applied') {
        const [target] = await rollBackTargets(run, enforce).catch(() => []);
        // One that throws has told nothing: the host is then one that was not reached.
        const ended = target && (await rollBackTarget(target, GATE, enforce).catch(() => undefined));
        const back = ended?.outcome;
        if (back) told.push(back);
        wrong.push(...(await untruth(back, name, before.Id)));
      }
      const other = await workAt(socketPath, `other${trials}`);
      await resumeHost(settings, { ...other.tools, clock: hurried(other.tools.clock) });
      await other.close();
      const rows = [
        ...wrong,
        ...(await misplaced(name)),
        ...((await runningAtOnce(name, since)) > 1 ? ['two were running at once'] : []),
        ...wire.endless.map((kind) => `${kind} has no deadline`),
      ];
      return rows.map((row) => `${row}, told ${JSON.stringify(told)}`);
    } finally {
      await close();
      await wire.close();
      await docker('rm', '-f', '-v', ...(await names(name)));
      await docker('volume', 'rm', '-f', `${name}-data`);
    }
  }

  async function launch(name: string): Promise<void> {
    const options = [
      ...['--name', name, '--label', `enforce.trial=${name}`, '--init', '--restart', 'always'],
      ...['--network', `${prefix}front`, '-v', `${name}-data:/data`, '-v', '/anonymous', '-p', '80'],
      ...['--health-cmd', 'true', '--health-interval', '200ms'],
    ];
    const command = 'echo kept > /data/note; echo kept > /anonymous/note; exec sleep 9999';
    await docker('run', '-d', ...options, image, 'sh', '-c', command);
    await docker('network', 'connect', `${prefix}back`, name);
  }

  /** What was told and is not found: the one that should run has the name, and runs. */
  async function untruth(told: Outcome | undefined, name: string, oldId: string): Promise<readonly string[]> {
    if (told === undefined || told.result === 'stuck') return [];
    const found = await engine.inspect(name).catch(() => undefined);
    const isOld = found?.Id === oldId;
    const holds = found?.State.Running === true && isOld === (told.result !== 'applied');
    return holds ? [] : [`told ${told.result}, found ${found?.State.Status ?? 'nothing'} (${isOld ? 'old' : 'new'})`];
  }

  /** What is not as it must be at the end: one runs under the name, as it did, with its data; the other is kept or gone. */
  async function misplaced(name: string): Promise<readonly string[]> {
    const found = await engine.inspect(name);
    const others = (await names(name)).filter((other) => other !== name);
    const kept = await docker('exec', name, 'cat', '/data/note', '/anonymous/note').catch(String);
    return [
      ...(found.State.Running ? [] : [`it ends ${found.State.Status}`]),
      ...(found.HostConfig.RestartPolicy?.Name === 'always' ? [] : ['its restart policy is lost']),
      ...(Object.keys(found.NetworkSettings.Networks ?? {}).length === 2 ? [] : ['a network is lost']),
      ...(kept === 'kept\nkept' ? [] : [`data is lost: ${kept}`]),
      ...(others.length === 0 || (others.length === 1 && others[0]?.includes('.enforce-bak-') === true)
        ? []
        : [`left over: ${others.join(' ')}`]),
    ];
  }

  async function names(name: string): Promise<readonly string[]> {
    const printed = await docker('ps', '-a', '--format', '{{.Names}}', '--filter', `label=enforce.trial=${name}`);
    return printed.split('\n').filter((line) => line !== '');
  }

  /** The most that ran at one time, by the engine's own events. */
  async function runningAtOnce(name: string, since: number): Promise<number> {
    const times = ['--since', String(since / 1000), '--until', String(Date.now() / 1000)];
    const filters = ['start', 'die'].flatMap((event) => ['--filter', `event=${event}`]);
    const form = ['--format', '{{.Action}} {{.ID}}', '--filter', `label=enforce.trial=${name}`];
    const up = new Set<string>();
    const counts = (await docker('events', ...times, ...filters, ...form)).split('\n').map((line) => {
      const [action = '', id = ''] = line.split(' ');
      if (action === 'start') up.add(id);
      else up.delete(id);
      return up.size;
    });
    return Math.max(...counts);
  }
});
