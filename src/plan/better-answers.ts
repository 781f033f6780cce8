import { isOlder } from '../model/api-version.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { Learned } from '../model/learned.ts';
import type { Advice, CapabilityDecision, Edit } from '../model/plan.ts';
import type { BetterAnswer, CapabilitySettings } from '../model/playbook.ts';
import type { Container, EngineFacts } from '../model/snapshot.ts';
import type { Ledger } from './capability-ledger.ts';
import { asItsUser } from './as-its-user.ts';

/** A setting that takes the place of capabilities, as an edit. */
export interface BetterSetting {
  readonly kind: BetterAnswer;
  readonly insteadOf: readonly string[];
  /** As it is given to `docker run`. */
  readonly setting: string;
  readonly because: string;
  readonly edit: Edit;
}

interface Sources {
  readonly engine: EngineFacts;
  readonly settings: Pick<CapabilitySettings, 'instead'>;
  readonly learned: Learned;
  readonly ledger: Ledger;
}

/**
 * Where a setting makes a capability unnecessary: advice, with the exact setting; and where the playbook says so, the
 * setting itself, for which the capability falls.
 */
export function betterAnswers(
  container: Container,
  decisions: readonly CapabilityDecision[],
  sources: Sources,
): {
  readonly decisions: readonly CapabilityDecision[];
  readonly edits: readonly Edit[];
  readonly advice: readonly Advice[];
} {
  const kept = decisions.filter(({ verdict }) => verdict === 'keep');
  const found = settingsFor(container, kept, sources);
  const wanted = found.filter(({ kind }) => sources.settings.instead.includes(kind));
  // A container that is another user from the start on holds nothing that the others could take the place of.
  const user = wanted.find(({ kind }) => kind === 'user');
  const applied = user ? [user] : wanted;
  return {
    edits: merged(applied.map(({ edit }) => edit)),
    advice: found.map((better) => ({
      kind: better.kind,
      insteadOf: better.insteadOf,
      setting: better.setting,
      because: better.because,
      isApplied: applied.includes(better),
    })),
    decisions: decisions.map((decision) => {
      const instead = applied.find(({ insteadOf }) => insteadOf.includes(decision.capability));
      return instead === undefined || decision.verdict === 'drop'
        ? decision
        : {
            capability: decision.capability,
            verdict: 'drop',
            evidence: 'refuted',
            because: `${instead.setting} takes its place: ${instead.because}`,
          };
    }),
  };
}

function settingsFor(
  container: Container,
  kept: readonly CapabilityDecision[],
  sources: Sources,
): readonly BetterSetting[] {
  const replaceable = (name: string): boolean =>
    kept.some(({ capability, evidence }) => capability === name && REPLACEABLE.includes(evidence));
  return [
    ...(replaceable('NET_BIND_SERVICE') ? freeLowPorts(container, sources) : []),
    ...(replaceable('NET_RAW') ? freePing(container, sources) : []),
    ...(replaceable('IPC_LOCK') ? lockedMemory(container, sources) : []),
    ...(replaceable('SYS_RESOURCE') ? openFiles(container, sources) : []),
    ...asItsUser(container, kept, sources.ledger),
  ];
}

/** A file capability and a set that a program names fail without the capability, whatever is allowed otherwise. */
const REPLACEABLE: readonly CapabilityDecision['evidence'][] = [
  'used-at-start',
  'used',
  'latent',
  'configuration',
  'safe-set',
];

function freeLowPorts(container: Container, { engine }: Sources): readonly BetterSetting[] {
  const { HostConfig } = container.inspect;
  const set = HostConfig.Sysctls?.[PORT_START];
  const isOpen = set === undefined ? !isOlder(engine.apiVersion, '1.41') : Number(set) === 0;
  if (!hasOwnNetwork(container) || isOpen) return [];
  return [
    sysctl(
      container,
      PORT_START,
      '0',
      'NET_BIND_SERVICE',
      'any process may then listen below 1024 in this network of its own',
    ),
  ];
}

function freePing(container: Container, { engine, learned }: Sources): readonly BetterSetting[] {
  const uses = learned.observations
    .filter(({ id }) => id === container.id)
    .flatMap((observation) => observation.uses.filter(({ capability }) => capability === 'NET_RAW'));
  const isPing = uses.length > 0 && uses.every(({ program }) => /^f?ping6?$/.test(program));
  const isMapped = engine.securityOptions.some((option) => /name=(?:userns|rootless)/.test(option));
  const set = container.inspect.HostConfig.Sysctls?.[PING_GROUPS];
  const isOpen = set === undefined ? !isOlder(engine.apiVersion, '1.41') && !isMapped : !/^1\s+0$/.test(set.trim());
  if (!isPing || !hasOwnNetwork(container) || isOpen) return [];
  return [sysctl(container, PING_GROUPS, '0 2147483647', 'NET_RAW', 'ping then needs no raw socket')];
}

const PORT_START = 'net.ipv4.ip_unprivileged_port_start';
const PING_GROUPS = 'net.ipv4.ping_group_range';

function hasOwnNetwork({ inspect }: Container): boolean {
  const mode = inspect.HostConfig.NetworkMode ?? '';
  return mode !== 'host' && !mode.startsWith('container:');
}

function sysctl(
  { inspect }: Container,
  name: string,
  value: string,
  capability: string,
  because: string,
): BetterSetting {
  const before = inspect.HostConfig.Sysctls ?? null;
  return {
    kind: 'sysctl',
    insteadOf: [capability],
    setting: `--sysctl ${name}=${JSON.stringify(value)}`,
    because,
    edit: { path: 'HostConfig.Sysctls', before, after: { ...before, [name]: value } },
  };
}

function lockedMemory(container: Container, { learned }: Sources): readonly BetterSetting[] {
  const calls = callsWith(container, 'IPC_LOCK', learned);
  if (!calls.every((call) => call === null || /^(?:mlock(?:2|all)?|mmap2?|mremap|brk)$/.test(call))) return [];
  return limit(container, 'memlock', -1, 'IPC_LOCK', 'memory may then be locked without the capability');
}

/** As many as the kernel lets any process have where nobody changed it (fs.nr_open). */
const MOST_FILES = 1_048_576;

function openFiles(container: Container, { learned }: Sources): readonly BetterSetting[] {
  const calls = callsWith(container, 'SYS_RESOURCE', learned);
  if (calls.length === 0 || !calls.every((call) => call !== null && /^(?:prlimit64|prlimit|setrlimit)$/.test(call)))
    return [];
  return limit(container, 'nofile', MOST_FILES, 'SYS_RESOURCE', 'its limit need not be raised then');
}

function callsWith({ id }: Container, capability: string, { observations }: Learned): readonly (string | null)[] {
  return observations
    .filter((observation) => observation.id === id)
    .flatMap(({ uses }) => uses.filter((use) => use.capability === capability).map(({ call }) => call));
}

function limit(
  { inspect }: Container,
  name: string,
  value: number,
  capability: string,
  because: string,
): readonly BetterSetting[] {
  const before = inspect.HostConfig.Ulimits ?? null;
  const own = before?.find(({ Name }) => Name === name);
  if (own !== undefined && (own.Soft === -1 || (own.Soft ?? 0) >= value) && value !== -1) return [];
  if (own?.Soft === -1) return [];
  const others = (before ?? []).filter(({ Name }) => Name !== name);
  return [
    {
      kind: 'ulimit',
      insteadOf: [capability],
      setting: `--ulimit ${name}=${value}:${value}`,
      because,
      edit: {
        path: 'HostConfig.Ulimits',
        before: before?.map((one) => ({ ...one })) ?? null,
        after: [...others.map((one) => ({ ...one })), { Name: name, Soft: value, Hard: value }],
      },
    },
  ];
}

/** Two settings of one map or list are one edit; each brings only what it changes. */
function merged(edits: readonly Edit[]): readonly Edit[] {
  const byPath = new Map<string, Edit>();
  for (const edit of edits) {
    const earlier = byPath.get(edit.path);
    byPath.set(edit.path, earlier === undefined ? edit : { ...edit, after: joined(earlier.after, edit) });
  }
  return [...byPath.values()];
}

function joined(earlier: JsonValue, { before, after }: Edit): JsonValue {
  const news = entriesOf(after).filter(([name, item]) => sameIn(entriesOf(before), name) !== JSON.stringify(item));
  if (!Array.isArray(earlier)) return { ...(earlier as JsonObject), ...Object.fromEntries(news) };
  const kept = entriesOf(earlier).filter(([name]) => !news.some(([other]) => other === name));
  return [...kept, ...news].map(([, item]) => item);
}

function entriesOf(value: JsonValue): readonly (readonly [name: string, item: JsonValue])[] {
  if (Array.isArray(value)) return (value as readonly JsonObject[]).map((item) => [JSON.stringify(item['Name']), item]);
  return Object.entries((value ?? {}) as Readonly<Record<string, JsonValue>>);
}

function sameIn(entries: ReturnType<typeof entriesOf>, name: string): string | undefined {
  const found = entries.find(([other]) => other === name);
  return found && JSON.stringify(found[1]);
}
