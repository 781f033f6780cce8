import { ALL_CAPABILITIES, normalizeCapability } from '../model/capabilities.ts';
import type { Evidence, EvidenceClass } from '../model/evidence.ts';
import type { StartText } from '../model/runtime.ts';
import type { StartCommand } from './start-commands.ts';
import { startCommands } from './start-commands.ts';
import { baseName } from '../model/base-name.ts';

/**
 * What the texts of a start ask for, of a container that starts as root: every command in them that takes a capability,
 * whether or not this start came by it. The same reason is told once for each capability, the strongest.
 */
export function evidenceOfStart(texts: readonly StartText[]): readonly Evidence[] {
  const found = new Map<string, Evidence>();
  for (const { path, text } of texts) {
    const commands = text === null || !isShellText(text) ? [] : startCommands(text);
    const all = [...ofProgram(path), ...commands.flatMap((command) => ofCommand(command, path))];
    for (const evidence of all) {
      const known = found.get(evidence.capability);
      if (!known || isStronger(evidence, known)) found.set(evidence.capability, withGroup(evidence, known));
      else if (evidence.allOrNone) found.set(evidence.capability, withGroup(known, evidence));
    }
  }
  return [...found.values()];
}

function isStronger(a: Evidence, b: Evidence): boolean {
  return weight(a) > weight(b);
}

function weight({ class: kind, isTolerated }: Evidence): number {
  return (kind === 'configuration' ? 2 : 0) + (isTolerated === true ? 0 : 1);
}

/** Whatever else is said of a capability, who stands or falls with it stays. */
function withGroup(evidence: Evidence, other: Evidence | undefined): Evidence {
  const group = [...new Set([...(evidence.allOrNone ?? []), ...(other?.allOrNone ?? [])])];
  return group.length === 0 ? evidence : { ...evidence, allOrNone: group };
}

/** What a script of another language says is not read as a shell's. */
function isShellText(text: string): boolean {
  const [interpreter = ''] = text.split('\n', 1);
  return !interpreter.startsWith('#!') || /sh\b|execlineb|with-contenv/.test(interpreter);
}

/** A program that the start goes through says by its name what it is for. */
function ofProgram(path: string): readonly Evidence[] {
  const name = baseName(path);
  const needs = PROGRAMS.find(({ names }) => names.includes(name));
  if (!needs) return [];
  return needs.capabilities.map((capability) => ({
    capability,
    class: needs.class,
    because: `its start goes through ${name}`,
  }));
}

function ofCommand({ words, isConditional, isTolerated }: StartCommand, path: string): readonly Evidence[] {
  const [program = '', ...rest] = words;
  const row = COMMANDS.find(({ names, asks }) => names.includes(program) && (asks === undefined || asks(rest)));
  const capabilities = row ? row.capabilities : program === 'setcap' ? setcapGroup(rest) : [];
  const isGroup = program === 'setcap' && capabilities.length > 1;
  return capabilities.map((capability) => ({
    capability,
    class: classOf(row, isConditional),
    because: `${path} calls ${program}${isTolerated ? ', and goes on without' : isConditional ? ' under a condition' : ''}`,
    ...(isTolerated ? { isTolerated } : {}),
    ...(isGroup ? { allOrNone: capabilities } : {}),
  }));
}

/** Who becomes another user only where it is root does so at every start as root; the rest may never come to it. */
function classOf(row: CommandRow | undefined, isConditional: boolean): EvidenceClass {
  if (row?.isRare === true) return 'latent';
  return isConditional && row?.isSwitch !== true ? 'latent' : 'configuration';
}

/**
 * SETFCAP with what it gives away: with it but without those, the file is written and its program does not start any more,
 * where it would have started if the file could not have been written.
 */
function setcapGroup(words: readonly string[]): readonly string[] {
  if (words.includes('-r')) return ['SETFCAP'];
  const named = words
    .flatMap((word) => word.split(/[=+,\s-]/))
    .filter((word) => /^cap_/i.test(word))
    .map(normalizeCapability)
    .filter((name) => ALL_CAPABILITIES.includes(name));
  return ['SETFCAP', ...new Set(named)];
}

interface CommandRow {
  readonly names: readonly string[];
  readonly capabilities: readonly string[];
  /** Whether these words ask for them; always where it is not told. */
  readonly asks?: (words: readonly string[]) => boolean;
  /** It becomes another user. */
  readonly isSwitch?: true;
  /** It is asked for only where a file belongs to somebody else. */
  readonly isRare?: true;
}

const SWITCH = ['SETGID', 'SETUID'];
const SWITCHERS = [
  ...['gosu', 'su-exec', 'setpriv', 's6-setuidgid', 's6-applyuidgid', 'setuidgid', 'runuser', 'su', 'sudo', 'chpst'],
  ...['doas', 'suexec', 'start-stop-daemon'],
];
const FIREWALLS = [
  'iptables',
  'ip6tables',
  'iptables-legacy',
  'ip6tables-legacy',
  'iptables-restore',
  'ip6tables-restore',
];

const any =
  (...patterns: readonly RegExp[]) =>
  (words: readonly string[]): boolean =>
    words.some((word) => patterns.some((pattern) => pattern.test(word)));

const keepsOwner = any(/^-[a-zA-Z]*[ap]/, /^--(?:archive|preserve)/);

/** The first row that fits counts. */
const COMMANDS: readonly CommandRow[] = [
  { names: ['chown', 'chgrp', 's6-chown', 'lchown'], capabilities: ['CHOWN'] },
  { names: ['install'], capabilities: ['CHOWN'], asks: any(/^-[a-zA-Z]*[og]/, /^--(?:owner|group)/) },
  { names: ['rsync'], capabilities: ['CHOWN'], asks: any(/^--chown/) },
  {
    names: ['rsync'],
    capabilities: ['CHOWN'],
    asks: any(/^--(?:owner|group|archive)$/, /^-[a-zA-Z]*[aog]/),
    isRare: true,
  },
  {
    names: ['tar', 'bsdtar'],
    capabilities: ['CHOWN'],
    asks: any(/^--(?:same-owner|preserve)/, /^-?[a-zA-Z]*p/),
    isRare: true,
  },
  { names: ['cp'], capabilities: ['MKNOD'], asks: (words) => keepsOwner(words) && any(/^\/dev\//)(words) },
  { names: ['cp'], capabilities: ['CHOWN'], asks: (words) => keepsOwner(words), isRare: true },
  { names: ['usermod', 'groupmod'], capabilities: ['CHOWN'] },
  { names: ['chmod'], capabilities: ['FOWNER'], isRare: true },
  { names: ['chroot'], capabilities: ['SYS_CHROOT', ...SWITCH], asks: any(/^--(?:userspec|groups)/), isSwitch: true },
  { names: ['chroot'], capabilities: ['SYS_CHROOT'] },
  { names: ['sudo'], capabilities: ['AUDIT_WRITE', ...SWITCH], isSwitch: true },
  { names: ['chpst'], capabilities: ['SYS_CHROOT', ...SWITCH], asks: any(/^-\//), isSwitch: true },
  { names: ['chpst'], capabilities: SWITCH, asks: any(/^-[a-zA-Z]*[uU]/), isSwitch: true },
  { names: ['start-stop-daemon'], capabilities: SWITCH, asks: any(/^-c/, /^--(?:chuid|user|group)/), isSwitch: true },
  {
    names: SWITCHERS.filter((name) => !['chpst', 'start-stop-daemon'].includes(name)),
    capabilities: SWITCH,
    isSwitch: true,
  },
  { names: ['mknod'], capabilities: ['MKNOD'], asks: any(/^[bcu]$/) },
  { names: FIREWALLS, capabilities: ['NET_ADMIN', 'NET_RAW'] },
  { names: ['nft', 'wg', 'wg-quick', 'tc', 'brctl', 'ifconfig', 'route', 'tunctl'], capabilities: ['NET_ADMIN'] },
  { names: ['ip'], capabilities: ['NET_ADMIN'], asks: any(/^(?:add|del|delete|set|replace|change|flush|append)$/) },
  { names: ['sysctl'], capabilities: ['NET_ADMIN'], asks: any(/^(?:-w|--write)$/, /^net\..+=/) },
  { names: ['supervisord'], capabilities: ['KILL', ...SWITCH], isRare: true },
];

/** What programs of a start do, whatever is to be read of them. */
const PROGRAMS: readonly (CommandRow & { readonly class: EvidenceClass })[] = [
  { names: SWITCHERS.filter((name) => name !== 'sudo'), capabilities: SWITCH, class: 'configuration' },
  { names: ['sudo'], capabilities: ['AUDIT_WRITE', ...SWITCH], class: 'configuration' },
  { names: ['chroot'], capabilities: ['SYS_CHROOT'], class: 'configuration' },
  { names: ['sshd'], capabilities: ['AUDIT_WRITE', 'CHOWN', 'SYS_CHROOT', ...SWITCH], class: 'latent' },
  { names: ['supervisord'], capabilities: ['KILL', ...SWITCH], class: 'latent' },
];
