import type { Snapshot } from '../../model/snapshot.ts';
import { findingsDocumentWriter, unreadHost } from '../../report/findings-document.ts';
import type { FindingsWriter, ScannedHost, ScanResult } from '../../report/findings-document.ts';
import { findingsTextWriter } from '../../report/findings-text.ts';
import type { UnreadHost } from '../../report/host-document.ts';
import { snapshotsWriter } from '../../report/snapshots-document.ts';
import type { ExitCode } from '../exit-code.ts';
import { worst } from '../exit-code.ts';
import type { Inputs } from '../inputs.ts';
import { readInputs, stateFolder } from '../inputs.ts';
import type { CommonOptions } from '../options.ts';
import { usesColors } from '../output.ts';
import { startProgress, warn } from '../progress-line.ts';
import type { Progress } from '../progress.ts';
import { glanceAtHost, openFindings, readHost, withDetails } from '../read-host.ts';
import { containerNames } from '../require-containers.ts';
import { usage } from '../run.ts';
import { openSavedFile } from '../save-file.ts';
import type { FleetReading } from '../scan-fleet.ts';
import { readFleet } from '../scan-fleet.ts';
import { openScanMemory } from '../scan-memory.ts';
import { spareMemory } from '../spare-memory.ts';
import { write } from '../write.ts';
import type { World } from '../world.ts';

/** Flags of `enforce scan`. */
export interface ScanOptions extends CommonOptions {
  readonly output?: string;
  readonly exitZero: boolean;
  readonly incremental: boolean;
}

/** `enforce scan`: what violates the rules. Only reads. */
export async function scan(options: ScanOptions, world: World): Promise<ExitCode> {
  if (options.incremental && options.output !== undefined)
    throw usage('--incremental does not go with --output', 'what a plan is made from is read anew');
  const inputs = await readInputs(options, world);
  warn(inputs.warnings, options, world);
  const progress = startProgress(options, world);
  const codes = new Set<ExitCode>();
  const printer = printerFor(options, progress, world);
  const names = containerNames(options.container);

  const take = async (result: ScanResult, found: readonly string[]): Promise<void> => {
    names.add(result.ok ? found : undefined);
    if (!result.ok) codes.add(4);
    else if (!options.exitZero && openFindings(result.value.findings).length > 0) codes.add(2);
    await printer.add(result);
  };
  spareMemory(inputs.hosts.length);
  await (options.output === undefined
    ? readFleet(inputs, options, progress, world, glancing(inputs, options, take, world))
    : readAndSave(options.output, { inputs, options, progress, world, take }));
  progress.end();
  names.requireAll();
  await printer.end();
  return world.interrupted.aborted ? 130 : worst([...codes]);
}

type Take = (result: ScanResult, names: readonly string[]) => Promise<void>;
type Seen = ScannedHost & { readonly names: readonly string[] };

function glancing(inputs: Inputs, options: ScanOptions, take: Take, world: World): FleetReading<Seen> {
  const { json, incremental } = options;
  return {
    async read(session) {
      const { host } = session;
      const memory = incremental ? openScanMemory(host, stateFolder(options, world), world.now()) : undefined;
      const scope = { tells: json ? 'identity' : 'nothing', ...(memory ? { memory } : {}) } as const;
      const value = await glanceAtHost(session, inputs.assessment, scope, world);
      const failure = memory?.save();
      if (failure !== undefined) warn([`what was seen of ${host.name} is not remembered: ${failure}`], options, world);
      return { value, containers: value.containers };
    },
    take: (result) => take(result, result.ok ? result.value.names : []),
  };
}

interface Saving {
  readonly inputs: Inputs;
  readonly options: ScanOptions;
  readonly progress: Progress;
  readonly world: World;
  readonly take: Take;
}

/** What is saved is all that a plan needs, so that one can be made from it. */
async function readAndSave(path: string, { inputs, options, progress, world, take }: Saving): Promise<void> {
  const file = openSavedFile(path);
  const document = snapshotsWriter(world.now().toISOString());
  const unread: UnreadHost[] = [];
  try {
    file.write(document.begin());
    await readFleet<{ readonly snapshot: Snapshot; readonly seen: Seen }>(inputs, options, progress, world, {
      async read(session) {
        const { snapshot, findings } = await withDetails(
          await readHost(session, inputs.assessment, world),
          session,
          world,
        );
        const { engine, containers } = snapshot;
        const names = containers.map(({ name }) => name);
        return {
          value: { snapshot, seen: { engine, containers: containers.length, findings, names } },
          containers: containers.length,
        };
      },
      async take(result) {
        if (!result.ok) {
          unread.push(unreadHost(result.host, result.error));
          await take(result, []);
          return;
        }
        file.write(document.snapshot(result.value.snapshot));
        await take({ ...result, value: result.value.seen }, result.value.seen.names);
      },
    });
    file.write(document.end(unread));
    file.commit();
  } finally {
    file.discard();
  }
}

interface Printer {
  readonly add: (result: ScanResult) => Promise<void>;
  readonly end: () => Promise<void>;
}

/**
 * Prints as results come, with the live line out of the way. With `--container` nothing is printed before every host was
 * read: a name that no container has is a mistake, and then there is no result.
 */
function printerFor(options: ScanOptions, progress: Progress, world: World): Printer {
  const writer: FindingsWriter = options.json
    ? findingsDocumentWriter(world.now().toISOString())
    : findingsTextWriter({ colors: usesColors(world.stdout, world, options.color) });
  const held: string[] = [];
  return {
    async add(result) {
      const text = writer.add(result);
      if (text === '') return;
      if (options.container.length > 0) {
        held.push(text);
        return;
      }
      progress.pause();
      await write(world.stdout, text);
      progress.resume();
    },
    end: () => write(world.stdout, held.join('') + writer.end()),
  };
}
