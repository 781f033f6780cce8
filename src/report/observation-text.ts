import type { CapabilityUse, Observation } from '../model/observation.ts';
import { inColumns } from './columns.ts';
import type { Cell } from './columns.ts';
import type { ObservedHost } from './observation-document.ts';
import { painter } from './paint.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';

/** What `enforce observe` prints. */
export function observationText(hosts: readonly ObservedHost[], options: { readonly colors: boolean }): string {
  const paint = painter(options.colors);
  const lines = hosts.flatMap(({ host, observations }) =>
    observations.flatMap((observation) => [
      paint('strong', title(host, observation)),
      ...[...table(observation, paint), ...sentences(observation, paint)].map((line) => `  ${line.trimEnd()}`),
    ]),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function title(host: string, { container, seconds, sawStart }: Observation): string {
  const start = sawStart ? ', from its start on' : '';
  return `${plainText(host, 64)}/${plainText(container, 64)}  watched for ${timeText(seconds)}${start}`;
}

function table({ uses, refusals }: Observation, paint: Paint): readonly string[] {
  const used = uses.length === 0 ? [['used    ', 'no capability']] : uses.map((use) => useRow('used', use));
  return inColumns([...used, ...refusals.map((use) => useRow('refused', use))], paint);
}

function sentences(observation: Observation, paint: Paint): readonly string[] {
  const { declared, refusedPrograms, refusedChroots, blindSpots, lostEvents } = observation;
  return [
    ...declared.map(({ capability, program }) =>
      sentence('declared', `${plainText(capability, 40)}, which ${plainText(program, 40)} kept for itself`),
    ),
    ...refusedPrograms.map((program) =>
      sentence(
        'refused',
        `a program that ${plainText(program, 40)} was to run: a file capability of it could not be had`,
      ),
    ),
    ...refusedChroots.map((program) => sentence('refused', `SYS_CHROOT  ${plainText(program, 40)} in chroot`)),
    ...(lostEvents === 0 ? [] : [paint('bad', sentence('lost', `${lostEvents} events`))]),
    ...blindSpots.map((text) => sentence('not seen', plainText(text, 400))),
  ];
}

function sentence(verb: string, text: string): string {
  return `${verb.padEnd(8)}  ${text}`;
}

function useRow(verb: string, { capability, phase, program, call, times }: CapabilityUse): readonly Cell[] {
  const how = call === null ? '' : ` in ${plainText(call, 40)}`;
  return [
    verb.padEnd(8),
    plainText(capability, 40),
    `${plainText(program, 40)}${how}`,
    `${times}×${phase === 'start' ? ' at start' : ''}`,
  ];
}

function timeText(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
  ] as const;
  const unit = units.find(([length]) => seconds >= 2 * length);
  return unit === undefined ? `${seconds} s` : `${Math.round(seconds / unit[0])} ${unit[1]}`;
}
