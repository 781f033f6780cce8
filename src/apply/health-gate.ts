import type { Engine } from '../engine/engine.ts';
import type { HealthGate } from '../model/playbook.ts';
import { withoutSecrets } from '../model/without-secrets.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Baseline, ProbedPort } from './baseline.ts';
import { portsToProbe } from './baseline.ts';
import { newPermissionErrors } from './permission-errors.ts';
import type { Clock, Probe } from './tools.ts';

/** Whether the candidate took the place of the old container well. */
export type Verdict =
  | { readonly passed: true; readonly because: string; readonly answers: readonly number[] }
  | { readonly passed: false; readonly because: string };

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
 * port that answered before; and write no permission error that the old one did not.
 */
export async function passGate(context: GateContext): Promise<Verdict> {
  const { engine, id, clock, gate } = context;
  const begun = clock.now();
  for (;;) {
    const inspect = await engine.inspect(id);
    if (!inspect) return { passed: false, because: 'the new container disappeared' };
    const broken = brokenBecause(inspect, context.baseline);
    if (broken !== undefined)
      return { passed: false, because: withLastWords(broken, await engine.logs(id, 20), inspect) };

    const looked = clock.now();
    const elapsed = looked - begun;
    const { silent, answers } = await lookAtPorts(inspect, context);
    if (silent === undefined) context.onAnswer(looked);
    const notYet = silent ?? waitingFor(inspect, context, elapsed);
    if (notYet === undefined) return await readLog(context, inspect, answers);
    const deadline = gate.deadlineSeconds + startPeriodSeconds(inspect);
    if (elapsed > deadline * 1000) {
      return {
        passed: false,
        because: withLastWords(`after ${deadline} s ${notYet}`, await engine.logs(id, 20), inspect),
      };
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
}

async function lookAtPorts(own: ContainerInspect, context: GateContext): Promise<PortLooks> {
  const { engine, publishers, probe } = context;
  const expected: ProbedPort[] = [];
  for (const { id, baseline } of publishers) {
    const inspect = id === context.id ? own : await engine.inspect(id);
    const published = inspect ? portsToProbe(inspect) : [];
    expected.push(...published.filter(({ containerPort }) => baseline?.ports.get(containerPort) !== 'silent'));
  }
  const looks = await Promise.all(expected.map(async ({ ip, port }) => ({ port, look: await probe(ip, port) })));
  const silent = looks.find(({ look }) => look === 'silent');
  return {
    silent: silent && `nothing answers on its port ${silent.port}`,
    answers: [...new Set(looks.filter(({ look }) => look === 'answers').map(({ port }) => port))],
  };
}

async function readLog(
  { engine, id, baseline }: GateContext,
  inspect: ContainerInspect,
  answers: readonly number[],
): Promise<Verdict> {
  const { State } = inspect;
  // Secrets are taken out before a line is cut, or half of one would be left.
  const [line] = newPermissionErrors(
    withoutSecrets(await engine.logs(id, 400), inspect),
    withoutSecrets(baseline?.log ?? '', inspect),
  );
  if (line !== undefined && baseline)
    return {
      passed: false,
      because: `its log has a permission error that was not there before: ${line}`,
    };
  return { passed: true, because: State.Health?.Status === 'healthy' ? 'healthy' : 'up and answering', answers };
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
