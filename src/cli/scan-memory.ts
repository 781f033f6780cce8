import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readContainer } from '../engine/answers.ts';
import { parseJson } from '../engine/json-text.ts';
import { addressText } from '../model/inventory.ts';
import type { Host } from '../model/inventory.ts';
import type { JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { Container } from '../model/snapshot.ts';
import { jsonLine } from '../report/json-text.ts';
import type { ScanMemory } from '../scan/read-for-rules.ts';
import { rememberedContainer } from '../scan/take-snapshot.ts';
import { saveFile } from './save-file.ts';

/** What is remembered of one host, from one scan to the next. */
export interface HostMemory extends ScanMemory {
  /** Keeps what was seen within a day, now or earlier; gives back why it could not. */
  readonly save: () => string | undefined;
}

/**
 * Opens the memory of a host. It only makes scans faster: a file that is damaged, too old or not there is a host of which
 * nothing is known.
 */
export function openScanMemory(host: Host, stateFolder: string, now: Date): HostMemory {
  const folder = join(stateFolder, 'scans');
  const whose = createHash('sha256')
    .update(`${host.name} ${addressText(host.address)}`)
    .digest('hex')
    .slice(0, 32);
  const file = join(folder, `${whose}.jsonl.gz`);
  const oldest = now.getTime() - LONGEST_MILLISECONDS;
  // One of tomorrow is of a clock that was set back since.
  const isOfToday = ({ at }: Entry): boolean => Date.parse(at) > oldest && Date.parse(at) <= now.getTime();
  const known = new Map(
    readEntries(file)
      .filter(isOfToday)
      .map((entry) => [entry.container.id, entry] as const),
  );
  return {
    recall(id, digest) {
      const entry = known.get(id);
      return entry?.digest === digest ? entry.container : undefined;
    },
    keep(digest, container) {
      known.delete(container.id);
      known.set(container.id, { at: now.toISOString(), digest, container });
    },
    save() {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        saveFile(file, gzipSync([...known.values()].slice(-MOST_ENTRIES).map(entryLine).join('')));
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  };
}

interface Entry {
  /** When the container was looked at, ISO 8601, UTC. */
  readonly at: string;
  /** Of its row in the engine's list. */
  readonly digest: string;
  readonly container: Container;
}

/** What an engine does not list can only be changed behind its back; a day later everything is looked at anew. */
const LONGEST_MILLISECONDS = 86_400_000;
/** As many as a host may list; those that were looked at last are kept. */
const MOST_ENTRIES = 10_000;
/** Of one host, unpacked: as much as its containers may describe themselves in. */
const MOST_BYTES = 160 * 1024 * 1024;
const MOST_PACKED_BYTES = 16 * 1024 * 1024;

function entryLine({ at, digest, container }: Entry): string {
  return jsonLine({ at, row: digest, inspect: container.inspect as unknown as JsonObject });
}

function readEntries(file: string): readonly Entry[] {
  try {
    // What is not an ordinary file here may have no end, or never answer.
    const seen = lstatSync(file);
    if (!seen.isFile() || seen.size > MOST_PACKED_BYTES) return [];
    const text = gunzipSync(readFileSync(file), { maxOutputLength: MOST_BYTES }).toString('utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [entryOf(parseJson(line))]));
  } catch {
    return [];
  }
}

function entryOf(value: unknown): Entry {
  if (!isJsonObject(value)) throw new TypeError('no entry');
  const { at, row, inspect } = value;
  if (typeof at !== 'string' || typeof row !== 'string') throw new TypeError('no entry');
  return { at, digest: row, container: rememberedContainer(readContainer(inspect)) };
}
