import type { Observation } from '../model/observation.ts';
import type { Connection } from '../transport/connection.ts';
import { cannotBegin } from './cannot-watch.ts';
import type { ObservationJob, ObservationTools } from './observe-containers.ts';
import type { ScriptSession } from './script-session.ts';
import { memberOffsets } from './type-format.ts';

/** What the kernel must have whichever probe is used. */
const NEEDED = ['syscalls/sys_exit_execve', 'syscalls/sys_exit_capset', 'sched/sched_process_fork', 'task/task_rename'];

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
  const offsets = has.has('kprobes') && has.has('btf') ? await credentialOffsets(openScript) : undefined;
  const places = offsets === undefined ? '' : ` ${offsets.cap_bset} ${offsets.cap_effective} ${offsets.user_ns}`;
  const answers = new Set<string>();
  await session.ask(`begin ${randomName(6)}${places}`, ({ kind }) => answers.add(kind));
  if (answers.has('probed')) return 'kprobe';
  if (!has.has('capability/cap_capable')) throw cannotBegin('it has no event of its own', host);
  return 'tracepoint';
}

const TYPES = '/sys/kernel/btf/vmlinux';
const MOST_BYTES = 64 * 1024 * 1024;

/** Where this kernel has what a check is told from; updates of one and the same version have moved it. */
async function credentialOffsets(openScript: NonNullable<Connection['openScript']>) {
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
