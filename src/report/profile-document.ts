import { STRENGTH } from '../model/evidence-strength.ts';
import type { LearnedProfile, ProfiledCapability, ProfileKey, ProfileProof, ProfileTrial } from '../model/learned.ts';
import { plainText } from './plain-text.ts';

/**
 * A profile as YAML that people can read, keep with their playbooks and carry to other hosts: the same profile is the
 * same text. Every word that a container chose is written as a quoted JSON string, which YAML reads as it stands.
 */
export function profileText(profile: LearnedProfile): string {
  const { key, mode, held, capabilities, groups, proof, trials } = profile;
  const keep = capabilities
    .filter(({ verdict }) => verdict === 'keep')
    .map(({ capability }) => capability)
    .toSorted();
  return [
    'kind: CapabilityProfile',
    'format_version: "1.0"',
    ...keyLines(key),
    ...(proof.length === 0 && trials.every(({ result }) => result === 'failed')
      ? ['# no set has passed its gate yet: this one is no advice']
      : []),
    `set: { mode: ${mode}, drop: [ALL], add: ${names(keep)} }`,
    `held: ${names(held)}`,
    'capabilities:',
    ...inOrder(capabilities).map(capabilityLine),
    groups.length === 0 ? 'groups: []' : 'groups:',
    ...groups.map(
      ({ allOrNone, because }) =>
        `  - { all_or_none: ${names(allOrNone)}, because: ${quoted(plainText(because, 300))} }`,
    ),
    proof.length === 0 ? 'proof: []' : 'proof:',
    ...proof.map(proofLine),
    ...(trials.length === 0 ? [] : ['trials:', ...trials.map(trialLine)]),
    '',
  ].join('\n');
}

function keyLines(key: ProfileKey): readonly string[] {
  return [
    'key:',
    `  repository: ${quoted(key.repository)}`,
    `  tag: ${quoted(key.tag)}`,
    `  image_id: ${quoted(key.imageId)}`,
    `  start_digest: ${key.startDigest === null ? 'null' : quoted(key.startDigest)}`,
    `  user: ${quoted(key.user)}`,
    `  entrypoint: ${quoted(key.entrypoint)}`,
    `  command: ${quoted(key.command)}`,
    `  network: ${key.network}`,
    `  no_new_privileges: ${key.hasNoNewPrivileges}`,
    key.folders.length === 0 ? '  folders: []' : '  folders:',
    ...key.folders.map(
      ({ path, kind, ownerId, mode, state }) =>
        `    - { path: ${quoted(path)}, kind: ${kind}, owner: ${ownerId}, mode: ${quoted(mode)}, state: ${state} }`,
    ),
  ];
}

/** What is kept stands first, the strongest reason before the others. */
function inOrder(capabilities: readonly ProfiledCapability[]): readonly ProfiledCapability[] {
  return capabilities.toSorted(
    (a, b) =>
      Number(a.verdict === 'drop') - Number(b.verdict === 'drop') ||
      STRENGTH.indexOf(a.class) - STRENGTH.indexOf(b.class) ||
      (a.capability < b.capability ? -1 : 1),
  );
}

function capabilityLine({ capability, verdict, class: kind, because, isTolerated }: ProfiledCapability): string {
  const tolerated = isTolerated ? ', tolerated: true' : '';
  return `  ${capability}: { verdict: ${verdict}, class: ${kind}${tolerated}, because: ${quoted(plainText(because, 300))} }`;
}

function proofLine({
  container,
  at,
  seconds,
  sawStart,
  ranBefore,
  sawStop,
  lostEvents,
  gate,
  ...flaws
}: ProfileProof): string {
  const { isBlind = false, wasStartedAgain = false } = flaws;
  const flawed = `${isBlind ? ', blind: true' : ''}${wasStartedAgain ? ', started_again: true' : ''}`;
  return `  - { container: ${quoted(container)}, at: ${quoted(at)}, seconds: ${seconds}, saw_start: ${sawStart}, ran_before: ${ranBefore}, saw_stop: ${sawStop}, lost_events: ${lostEvents}${flawed}, gate: ${names(gate)} }`;
}

function trialLine({ container, host, at, result, set, before, refused = [], gate, ...how }: ProfileTrial): string {
  const who = how.identities.map(
    ({ program, user, group }) => `{ program: ${quoted(plainText(program, 64))}, user: ${user}, group: ${group} }`,
  );
  const stop = how.stop === null ? 'null' : `{ seconds: ${how.stop.seconds}, exit: ${how.stop.exit} }`;
  const refusals = refused.length === 0 ? '' : `, refused: ${names(refused)}`;
  const versions = `engine: ${quoted(plainText(how.engine, 64))}, kernel: ${quoted(plainText(how.kernel, 64))}`;
  return `  - { container: ${quoted(container)}, host: ${quoted(host)}, at: ${quoted(at)}, result: ${result}, set: ${names(set)}, before: ${names(before)}${refusals}, gate: ${names(gate)}, ${versions}, identities: [${who.join(', ')}], stop: ${stop} }`;
}

function names(list: readonly string[]): string {
  return `[${list.join(', ')}]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
