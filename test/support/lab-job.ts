import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonValue } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import type { Lab, LabHost, LabUser } from './lab.ts';
import type { LabContainer } from './lab-containers.ts';
import type { Ended } from './operator.ts';
import { type Program, startProgram } from './program.ts';

/** Somebody who runs enforce on the hosts of a lab, in a process of its own and with a folder of their own. */
export interface LabOperator {
  readonly folder: string;
  enforce(command: string, ...words: readonly string[]): Promise<Ended>;
  /** Begins it, on a pseudo-terminal or without one. */
  start(onTerminal: boolean, command: string, ...words: readonly string[]): Program;
  leave(): void;
}

/** What the population of a lab needs: `api` owns 8080, and each container writes its page when it starts. */
const PLAYBOOK = `name: lab
containers: { expendable: ["/www/index.html"] }
rules:
  privileged-host-port: { map: { 80: 8081 }, otherwise: "+8000" }
  linux-capabilities: {}
  host-network-privileged-listener: {}
rollout: { max_failures: 3 }
health: { healthy_for: 1s, deadline: 30s }
`;

/** The ports a container of the population answers on after the fix; what shares the host's network chooses its own. */
export function answersAfter({ answers, options }: LabContainer): readonly number[] {
  if (options.includes('host')) return answers;
  return answers.map((port) => (port === 80 ? 8081 : port < 1024 ? port + 8000 : port));
}

/** Sits somebody down before a lab, who comes in as the given user. */
export function labOperator(lab: Lab, user: LabUser = 'root'): LabOperator {
  const folder = mkdtempSync(join(tmpdir(), 'enforce-lab-job-'));
  writeFileSync(join(folder, 'playbook.yml'), PLAYBOOK);
  writeFileSync(join(folder, 'inventory.yml'), lab.inventoryText(user));
  const start: LabOperator['start'] = (onTerminal, command, ...words) => {
    const rules = ['scan', 'plan', 'apply'].includes(command) ? ['-p', 'playbook.yml'] : [];
    return startProgram([command, '-i', 'inventory.yml', ...rules, ...words], {
      folder,
      onTerminal,
      environment: { HOME: lab.home, ENFORCE_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' },
    });
  };
  return {
    folder,
    start,
    enforce: (command, ...words) => start(false, command, ...words).ended,
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Every container of a host as Docker's own client shows it, by name. */
export async function inspectAll(host: LabHost): Promise<ReadonlyMap<string, ContainerInspect>> {
  const ids = (await host.docker('ps', '-aq')).split('\n');
  const containers = JSON.parse(await host.docker('container', 'inspect', ...ids)) as ContainerInspect[];
  return new Map(containers.map((container) => [container.Name.slice(1), container]));
}

/** The names of a host's containers that begin so, with their state. */
export async function standingAs(host: LabHost, name: string): Promise<readonly string[]> {
  const printed = await host.docker('ps', '-a', '--filter', `name=^/?${name}`, '--format', '{{.Names}} {{.State}}');
  return printed.split('\n').sort();
}

/** What the engine renews whenever it starts a container. */
const RENEWED =
  /^State\.(Pid|StartedAt|FinishedAt|Health)|^NetworkSettings\.Sandbox(ID|Key)$|\.(EndpointID|IPAddress|MacAddress)$|^ExecIDs$/;

/** A container of a host and its present life: it is another after every start. */
export function lifeOf({ Name, Id, State }: ContainerInspect): string {
  return `${Name} ${Id} since ${State.StartedAt ?? ''}`;
}

/** The paths in which two descriptions of a container differ, without what the engine renews at every start. */
export function changedPaths(before: ContainerInspect, after: ContainerInspect): readonly string[] {
  return differing(before as unknown as JsonValue, after as unknown as JsonValue, '').filter(
    (path) => !RENEWED.test(path),
  );
}

function differing(a: JsonValue | undefined, b: JsonValue | undefined, path: string): readonly string[] {
  if (isJsonObject(a) && isJsonObject(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      differing(a[key], b[key], path === '' ? key : `${path}.${key}`),
    );
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
}
