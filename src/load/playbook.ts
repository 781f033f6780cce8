import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import type * as z from 'zod';
import type { Playbook, PortSettings, RuleSettings } from '../model/playbook.ts';
import { capabilitySettings } from './capability-settings.ts';
import { DEFAULT_PLAYBOOK } from './default-playbook.ts';
import { playbookSchema, type rulesSchema } from './playbook-schema.ts';
import { fileError } from './problem.ts';
import { readTextFile, type TextFile } from './text-file.ts';
import { validate } from './validate.ts';
import { parseYaml, type YamlDocument } from './yaml-document.ts';

/** Reads a playbook; without a path, the built-in one that enforces the rules of the mission. */
export async function loadPlaybook(path: string | undefined): Promise<Playbook> {
  if (path === undefined) return DEFAULT_PLAYBOOK;
  return { ...readPlaybook(await readTextFile(path, 'bad-playbook')), source: path };
}

/** A playbook from the text of its file. */
export function readPlaybook(file: TextFile): Playbook {
  const document = parseYaml(file, 'bad-playbook');
  const written = validate(playbookSchema, document, 'bad-playbook');
  const health = healthGate(written.health, document);
  requireRoom(written.windows ?? [], health, document);
  return {
    name: written.name ?? basename(file.file, extname(file.file)),
    hosts: written.hosts ?? 'all',
    containers: {
      include: written.containers?.include ?? [],
      exclude: written.containers?.exclude ?? [],
      expendable: written.containers?.expendable ?? [],
      protect: written.containers?.protect ?? [],
      notInTheWay: written.containers?.not_in_the_way ?? [],
    },
    rules: ruleSettings(written.rules, document),
    autoApprove: autoApprove(written, document),
    rollout: rollout(written.rollout),
    health,
    keepSeconds: written.keep ?? 7 * 86_400,
    windows: written.windows ?? [],
    digest: `sha256:${createHash('sha256').update(file.bytes).digest('hex')}`,
  };
}

type Written = z.output<typeof playbookSchema>;
type WrittenRules = z.output<typeof rulesSchema>;

function ruleSettings(rules: WrittenRules, document: YamlDocument): RuleSettings {
  const ports = given(rules['privileged-host-port']);
  const capabilities = given(rules['linux-capabilities']);
  const listeners = given(rules['host-network-privileged-listener']);
  const sourceOf = (list: 'containers' | 'learned', index: number): string =>
    `${document.file}:${document.lineOf(['rules', 'linux-capabilities', list, index])}`;
  return {
    ...(ports === undefined ? {} : { 'privileged-host-port': portSettings(ports) }),
    ...(capabilities === undefined ? {} : { 'linux-capabilities': capabilitySettings(capabilities, sourceOf) }),
    ...(listeners === undefined ? {} : { 'host-network-privileged-listener': {} }),
  };
}

function autoApprove({ auto_approve: named = [], rules }: Written, document: YamlDocument): Playbook['autoApprove'] {
  for (const [index, rule] of named.entries()) {
    if (given(rules[rule]) !== undefined) continue;
    const path = ['auto_approve', index];
    const text = `${rule} is not enforced by this playbook; expected one of its rules`;
    throw fileError('bad-playbook', document.file, [{ line: document.lineOf(path), path, text }]);
  }
  return named;
}

/** Settings as written; `true` is the defaults, `false` is a rule that is not enforced. */
function given<Settings extends object>(settings: Settings | boolean | undefined): Partial<Settings> | undefined {
  if (settings === undefined || settings === false) return undefined;
  return settings === true ? {} : settings;
}

function portSettings({
  map = { 80: 8080, 443: 8443 },
  otherwise = 8000,
}: Settings<'privileged-host-port'>): PortSettings {
  return {
    map: new Map(Object.entries(map).map(([from, to]) => [Number(from), to])),
    ...(otherwise === false ? {} : { otherwise }),
  };
}

type Settings<Id extends keyof WrittenRules> = Partial<Exclude<WrittenRules[Id], boolean | undefined>>;

function rollout(written: Written['rollout'] = {}): Playbook['rollout'] {
  const {
    batches = ['100%'],
    pause = 0,
    order = 'stop-first',
    max_changes: maxChanges,
    max_failures: maxFailures = 1,
  } = written;
  return { batches, pauseSeconds: pause, order, maxFailures, ...(maxChanges === undefined ? {} : { maxChanges }) };
}

function healthGate(written: Written['health'], document: YamlDocument): Playbook['health'] {
  const healthyForSeconds = written?.healthy_for ?? 10;
  const deadlineSeconds = written?.deadline ?? 120;
  const restartTrial = written?.restart_trial ?? 'auto';
  const soakSeconds = written?.soak ?? 0;
  if (healthyForSeconds < deadlineSeconds)
    return {
      healthyForSeconds,
      deadlineSeconds,
      onFailure: 'rollback',
      restartTrial,
      ...(soakSeconds === 0 ? {} : { soakSeconds }),
    };
  const path = ['health', written?.deadline === undefined ? 'healthy_for' : 'deadline'];
  const text = `leaves no time to become healthy (healthy_for ${healthyForSeconds}s, deadline ${deadlineSeconds}s); expected a deadline that is longer`;
  throw fileError('bad-playbook', document.file, [{ line: document.lineOf(path), path, text }]);
}

/** No change fits into a window that is shorter than its health gate may take. */
function requireRoom(
  windows: Playbook['windows'],
  { deadlineSeconds }: Playbook['health'],
  document: YamlDocument,
): void {
  const problems = windows.flatMap((window, index) => {
    if (window.deny || window.kind === 'once' || window.durationSeconds > deadlineSeconds) return [];
    const path = ['windows', index, 'duration'];
    const text = `is too short for any change (${window.durationSeconds}s, and the health gate alone may take ${deadlineSeconds}s); expected a longer one`;
    return [{ line: document.lineOf(path), path, text }];
  });
  if (problems.length > 0) throw fileError('bad-playbook', document.file, problems);
}
