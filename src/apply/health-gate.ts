import type { Engine } from '../engine/engine.ts';
import type { HealthGate } from '../model/playbook.ts';
import { withoutSecrets } from '../model/without-secrets.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Baseline } from './baseline.ts';
import { portsToProbe } from './baseline.ts';
import { isAbsenceBorne, isAbsenceUnrefused } from './borne-absence.ts';
import type { BorneSigns } from './borne-absence.ts';
import type { CloserLook, ExpectedPort } from './closer-look.ts';
import { identityText } from './identities.ts';
import type { Identity } from './identities.ts';
import { newPermissionErrors } from './permission-errors.ts';
import { NOTHING_SUSPECTED, refusalTexts, suspicionOf, withRefusals } from './suspicion.ts';
import type { Signs, Suspicion } from './suspicion.ts';
import type { Clock, Probe, Refusals } from './tools.ts';

/** Whether the candidate took the place of the old container well. */
export type Verdict =
  | {
      readonly passed: true;
      readonly because: string;
      readonly answers: readonly number[];
      /** Looks that could not be made, each with why. */
      readonly unseen: readonly string[];
      /** What it was refused, and does without. */
      readonly bears: readonly string[];
      /** Looks that were made, as `G1`. */
      readonly looks: readonly string[];
    }
  | {
      readonly passed: false;
      readonly because: string;
      readonly suspicion: Suspicion;
      /** All it lacks is programs that nobody may have asked for yet. */
      readonly absent?: readonly Identity[];
    };

/** What the gate needs: the candidate, how it was before, and how long to look. */
export interface GateContext {
  readonly engine: Engine;
  readonly id: string;
  /** How the old container did; undefined after a crash, when nobody remembers. */
  readonly baseline: Baseline | undefined;
  /** Whose published ports must answer by now: its own, as a rule. */
  readonly publishers: readonly Publisher[];
  readonly gate: HealthGate;
  readonly clock: Clock;
  readonly probe: Probe;
  /** Looks into the candidate, and compares it with the old one. */
  readonly closer: CloserLook;
  /** What the kernel refused it so far; undefined where nobody watches. */
  readonly refusals: () => Promise<Refusals | undefined>;
  /** Capabilities the change takes from it, and programs that have some from their files. */
  readonly power: Pick<Signs, 'taken' | 'powered'>;
  /** Those of them whose refusal alone stops it. */
  readonly decisive: readonly string[];
  /** Told when the look began in which every port answered: by then the downtime was over. */
  readonly onAnswer: (at: number) => void;
}

/** A new container that publishes ports, and how the one before it did. */
export interface Publisher {
  readonly id: string;
  readonly baseline: Baseline | undefined;
}

const POLL_MILLISECONDS = 250;

/**
 * Watches a started candidate until it has shown that the service still answers, or has shown that it does not: it must
 * run without a restart; be healthy if it has a HEALTHCHECK, else stay up for a while; answer on every published TCP
 * port that answered before, as it did before; have the same processes, run as the same users, and the same open ports;
 * be refused nothing by the kernel that it did until now, and write no permission error that the old one did not.
 */
export async function passGate(context: GateContext): Promise<Verdict> {
  const { engine, id, clock, gate, closer } = context;
  const begun = clock.now();
  for (;;) {
    const inspect = await engine.inspect(id);
    if (!inspect) return { passed: false, because: 'the new container disappeared', suspicion: NOTHING_SUSPECTED };
    const broken = brokenBecause(inspect, context.baseline);
    if (broken !== undefined) return await failed(broken, inspect, context);

    const looked = clock.now();
    const elapsed = looked - begun;
    const { silent, answers, expected } = await lookAtPorts(inspect, context);
    if (silent === undefined) context.onAnswer(looked);
    const insight = silent === undefined ? await closer.look(inspect, expected) : undefined;
    const waits = silent ?? waitingFor(inspect, context, elapsed);
    if (waits === undefined && insight?.worse !== undefined) return await failed(insight.worse, inspect, context);
    const notYet = waits ?? insight?.notYet;
    if (notYet === undefined) return await readLog(context, inspect, { answers, absent: [] });
    const deadline = gate.deadlineSeconds + startPeriodSeconds(inspect);
    if (elapsed > deadline * 1000) {
      const absent = waits === undefined ? (insight?.absent ?? []) : [];
      const signs = await borneSigns(context, deadline);
      if (isAbsenceBorne(absent, signs)) return await readLog(context, inspect, { answers, absent });
      const verdict = await failed(`after ${deadline} s ${notYet}`, inspect, context);
      const isOnlyAbsent = isAbsenceUnrefused(absent, signs) && (await complaints(inspect, context)).length === 0;
      return isOnlyAbsent ? { ...verdict, absent } : verdict;
    }
    await clock.delay(POLL_MILLISECONDS);
  }
}

/** The time its HEALTHCHECK gives it before a failure counts; the deadline begins after it. Durations are nanoseconds. */
function startPeriodSeconds({ Config }: ContainerInspect): number {
  return (Config.Healthcheck?.StartPeriod ?? 0) / 1e9;
}

function brokenBecause(
  { State, RestartCount = 0 }: ContainerInspect,
  baseline: Baseline | undefined,
): string | undefined {
  if (State.Restarting || RestartCount > 0)
    return `the new container does not stay up (exit code ${State.ExitCode ?? '?'}, restarted ${RestartCount} times)`;
  if (!State.Running)
    return `the new container exited with code ${State.ExitCode ?? '?'}${State.Error ? ` (${State.Error})` : ''}`;
  if (State.Health?.Status === 'unhealthy' && baseline?.health !== 'unhealthy') return 'the new container is unhealthy';
  return undefined;
}

function waitingFor({ State }: ContainerInspect, { gate }: GateContext, elapsed: number): string | undefined {
  const status = State.Health?.Status;
  if (status === 'healthy') return undefined;
  if (status === 'starting') return 'its health check has not succeeded yet';
  return elapsed < gate.healthyForSeconds * 1000 ? `it has not been up for ${gate.healthyForSeconds} s yet` : undefined;
}

interface PortLooks {
  /** What is missing, when a port that should answer does not. */
  readonly silent: string | undefined;
  readonly answers: readonly number[];
  readonly expected: readonly ExpectedPort[];
}

async function lookAtPorts(own: ContainerInspect, context: GateContext): Promise<PortLooks> {
  const { engine, publishers, probe } = context;
  const expected: ExpectedPort[] = [];
  for (const { id, baseline } of publishers) {
    const inspect = id === context.id ? own : await engine.inspect(id);
    const published = inspect ? portsToProbe(inspect) : [];
    for (const port of published) {
      if (baseline?.ports.get(port.containerPort) !== 'silent')
        expected.push({ ...port, fingerprint: baseline?.fingerprints.get(port.containerPort) });
    }
  }
  const looks = await Promise.all(expected.map(async ({ ip, port }) => ({ port, look: await probe(ip, port) })));
  const silent = looks.find(({ look }) => look === 'silent');
  return {
    silent: silent && `nothing answers on its port ${silent.port}`,
    answers: [...new Set(looks.filter(({ look }) => look === 'answers').map(({ port }) => port))],
    expected,
  };
}

async function borneSigns({ power, refusals, baseline }: GateContext, seconds: number): Promise<BorneSigns> {
  const processes = baseline?.facts?.processes;
  return {
    ...power,
    refusals: await refusals(),
    before: processes?.known === true ? processes.value : [],
    seconds,
  };
}

interface Standing {
  readonly answers: readonly number[];
  /** Programs that it does without so far. */
  readonly absent: readonly Identity[];
}

async function readLog(
  context: GateContext,
  inspect: ContainerInspect,
  { answers, absent }: Standing,
): Promise<Verdict> {
  const { decisive } = context;
  const { taken, powered } = context.power;
  const refusals = await context.refusals();
  const [refused] = refusals ? refusalTexts(refusals, decisive, powered) : [];
  if (refusals && refused !== undefined) {
    const suspicion = suspicionOf({ taken: decisive, powered, refusals, lines: [] });
    return { passed: false, because: withoutSecrets(refused, inspect), suspicion };
  }
  const [line] = context.baseline ? await complaints(inspect, context) : [];
  if (line !== undefined)
    return await failed(
      `its log has a permission error that was not there before: ${line}`,
      inspect,
      context,
      'without its last words',
    );
  const because = inspect.State.Health?.Status === 'healthy' ? 'healthy' : 'up and answering';
  const without = absent.map((one) => `${identityText(one)}, which nothing has started yet, and nothing was refused`);
  const bears = [...(refusals ? refusalTexts(refusals, taken, powered) : []), ...without].map((text) =>
    withoutSecrets(text, inspect),
  );
  const looks = looksOf(context, refusals).filter((look) => look !== 'G5' || absent.length === 0);
  return { passed: true, because, answers, unseen: context.closer.unseen(), bears, looks };
}

function looksOf({ baseline, closer }: GateContext, refusals: Refusals | undefined): readonly string[] {
  return ['G1', 'G2', ...(baseline ? ['G4', 'G6'] : []), ...closer.looks(), ...(refusals ? ['G7'] : [])].toSorted();
}

async function failed(
  because: string,
  inspect: ContainerInspect,
  context: GateContext,
  words: 'with its last words' | 'without its last words' = 'with its last words',
): Promise<Extract<Verdict, { passed: false }>> {
  const refusals = await context.refusals();
  const suspicion = suspicionOf({
    ...context.power,
    refusals,
    lines: await complaints(inspect, context),
  });
  const told =
    words === 'with its last words'
      ? withLastWords(because, await context.engine.logs(context.id, 20), inspect)
      : withoutSecrets(because, inspect);
  const refused = withRefusals('', { ...context.power, refusals });
  return { passed: false, because: `${told}${withoutSecrets(refused, inspect)}`, suspicion };
}

/** Secrets are taken out before a line is cut, or half of one would be left. */
async function complaints(
  inspect: ContainerInspect,
  { engine, id, baseline }: GateContext,
): Promise<readonly string[]> {
  return newPermissionErrors(
    withoutSecrets(await engine.logs(id, 400), inspect),
    withoutSecrets(baseline?.log ?? '', inspect),
  );
}

function withLastWords(because: string, log: string, inspect: ContainerInspect): string {
  const told = withoutSecrets(because, inspect);
  const last = withoutSecrets(log, inspect)
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1);
  return last === undefined ? told : `${told}: ${last.trim().slice(0, 300)}`;
}
