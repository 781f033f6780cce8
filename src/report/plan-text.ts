import type { Action, Change, HostPlan, Plan } from '../model/plan.ts';
import type { EngineFacts } from '../model/snapshot.ts';
import { changeLines } from './change-text.ts';
import type { ChangeTextOptions } from './change-text.ts';
import { counted } from './counted.ts';
import { painter } from './paint.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';

/** The diff of a whole plan, as `enforce plan` prints it and a person reviews it. */
export function planText(plan: Plan, options: ChangeTextOptions): string {
  const paint = painter(options.colors);
  return [
    ...plan.hosts.flatMap((host) => hostLines(host, options, paint)),
    ...plan.warnings.map((warning) => `${paint('change', 'warn')}  ${plainText(warning, 500)}`),
    paint('strong', planSummary(plan)),
    '',
  ].join('\n');
}

/** How much a plan holds, in one line. */
export function planSummary(plan: Plan): string {
  const changes = plan.hosts.flatMap((host) => (host.reachable ? host.changes : []));
  const compliant = plan.hosts.reduce((sum, host) => sum + (host.reachable ? host.compliant.length : 0), 0);
  const unread = plan.hosts.filter((host) => !host.reachable).length;
  const parts = [
    `${ofAction(changes, 'recreate').length} to recreate`,
    // No rule's fix can be made, and taken back, on a running container yet.
    '0 to update',
    `${ofAction(changes, 'blocked').length} blocked`,
    `${ofAction(changes, 'excepted').length} excepted`,
    `${compliant} compliant`,
    ...(unread === 0 ? [] : [`${counted(unread, 'host')} not reached`]),
  ];
  return `Plan: ${parts.join(', ')}.`;
}

function hostLines(host: HostPlan, options: ChangeTextOptions, paint: Paint): readonly string[] {
  const name = paint('strong', plainText(host.host, 64));
  const address = plainText(host.address);
  if (!host.reachable) {
    const because = `${name}   ${address}   ${paint('bad', 'not reached:')} ${plainText(host.because, 500)}`;
    return [because, ...(host.hint === undefined ? [] : [`  → ${plainText(host.hint, 500)}`])];
  }
  const inOrder = ACTIONS.flatMap((action) => ofAction(host.changes, action));
  return [
    `${name}   ${address}   ${engineText(host.engine)}   ${countsText(host.containers, host.changes)}`,
    ...inOrder.flatMap((change) => changeLines(change, options)),
    ...compliantLines(host.compliant, options, paint),
  ];
}

const ACTIONS: readonly Action[] = ['recreate', 'blocked', 'excepted'];

function ofAction(changes: readonly Change[], wanted: Action): readonly Change[] {
  return changes.filter(({ action }) => action === wanted);
}

function engineText({ kind, version }: EngineFacts): string {
  return kind === 'docker' ? `Docker ${plainText(version, 40)}` : `Podman ${plainText(version, 40)} (report only)`;
}

function countsText(containers: number, changes: readonly Change[]): string {
  const recreated = ofAction(changes, 'recreate').length;
  const blocked = ofAction(changes, 'blocked').length;
  return [
    counted(containers, 'container'),
    ...(recreated === 0 ? [] : [`${recreated} to recreate`]),
    ...(blocked === 0 ? [] : [`${blocked} blocked`]),
  ].join(', ');
}

function compliantLines(names: readonly string[], { verbose }: ChangeTextOptions, paint: Paint): readonly string[] {
  if (names.length === 0) return [];
  const shown = verbose || names.length <= 5 ? `: ${names.map((name) => plainText(name, 64)).join(', ')}` : '';
  return [`  ${paint('good', '=')}   ${names.length} compliant${shown}`];
}
