import type { Known } from '../model/machine.ts';
import type { Observation } from '../model/observation.ts';
import type { Connection } from '../transport/connection.ts';
import { cannotBegin } from './cannot-watch.ts';
import type { Check, CredentialPlaces, Rights } from './locate-credentials.ts';
import { locateCredentials } from './locate-credentials.ts';
import type { ObservationJob, ObservationTools } from './observe-containers.ts';
import type { ScriptSession } from './script-session.ts';
import { memberOffsets } from './type-format.ts';

/** What the kernel must have whichever probe is used. */
const NEEDED = [
  'syscalls/sys_exit_execve',
  'syscalls/sys_exit_capset',
  'sched/sched_process_fork',
  'task/task_rename',
  'event-fork',
];

/**
 * Asks the kernel by a probe of enforce's own where it takes one, as only that tells whose rights are checked; else by the
 * kernel's own event. What is there decides, never a version.
 */
export async function chooseProbe(
  session: ScriptSession,
  openScript: NonNullable<Connection['openScript']>,
  { host, bufferKibibytes }: ObservationJob,
  { randomName, tell }: ObservationTools,
): Promise<Observation['probe']> {
  const has = new Set<string>();
  const refused = new Set<string>();
  await session.ask('', (line) => {
    if (line.kind === 'has') has.add(line.text);
    if (line.kind === 'refused') refused.add(line.text);
    if (line.kind === 'swept') tell(`what an earlier run left on ${host} was removed`);
  });
  for (const because of refused) throw cannotBegin(because, host);
  const missing = NEEDED.find((event) => !has.has(event));
  if (missing !== undefined) throw cannotBegin(`nor ${missing}`, host);

  await session.ask(`size ${bufferKibibytes}`, () => undefined);
  const name = randomName(6);
  const places = await credentialPlaces(session, openScript, has, name);
  const words = places.known ? [places.value.cap_bset, places.value.cap_effective, places.value.user_ns] : [];
  const answers = new Set<string>();
  await session.ask(['begin', name, ...words].join(' '), ({ kind }) => answers.add(kind));
  if (answers.has('probed')) return 'kprobe';
  if (has.has('capability/cap_capable')) return 'tracepoint';
  throw cannotBegin(places.known ? REFUSED : places.because, host);
}

const REFUSED = 'it takes no probe of its checks';

/** As the kernel describes its types, or else as it shows them at work. */
async function credentialPlaces(
  session: ScriptSession,
  openScript: NonNullable<Connection['openScript']>,
  has: ReadonlySet<string>,
  name: string,
): Promise<Known<CredentialPlaces>> {
  if (!has.has('kprobes')) return { known: false, because: 'it has no event of its own, and no kprobes' };
  const described = has.has('btf') ? await describedPlaces(openScript) : undefined;
  if (described !== undefined) return { known: true, value: described };
  const checks: Check[] = [];
  const holders: Rights[] = [];
  const answers = new Set<string>();
  await session.ask(`learn ${name}`, (line) => {
    if (line.kind === 'memory') checks.push(line.check);
    if (line.kind === 'rights') holders.push(line.rights);
    answers.add(line.kind);
  });
  if (answers.has('unprobed')) return { known: false, because: REFUSED };
  const shown = locateCredentials(checks, holders);
  return shown.known ? shown : { known: false, because: `it does not describe its types, and ${shown.because}` };
}

const TYPES = '/sys/kernel/btf/vmlinux';
const MOST_BYTES = 64 * 1024 * 1024;

/** Where this kernel has what a check is told from; updates of one and the same version have moved it. */
async function describedPlaces(
  openScript: NonNullable<Connection['openScript']>,
): Promise<CredentialPlaces | undefined> {
  const script = await openScript(`{ cat ${TYPES}; exit; }\n`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of script.output) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  script.end();
  await script.ended.catch(() => undefined);
  return memberOffsets(Buffer.concat(chunks), 'cred', ['cap_bset', 'cap_effective', 'user_ns']);
}
