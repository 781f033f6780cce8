import type { Known } from '../model/machine.ts';
import type { PoweredFile, RuntimeFacts, StartText } from '../model/runtime.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import { ENGINE_INITS } from '../model/writable-layer.ts';
import type { FoundFolders } from './ask-folders.ts';
import type { SeenFile } from './look-at-file.ts';
import { maskScript } from './mask-script.ts';
import type { ContainerFiles } from './start-texts.ts';
import { followStart } from './start-texts.ts';

/** What the files of a container tell; the container is as the engine has it, with its secrets. */
export interface FilesQuestion {
  readonly inspect: ContainerInspect;
  readonly searchPath: readonly string[];
  /** Programs its processes run; unknown where not all of them may be seen, or there is no shell to ask. */
  readonly running: Known<readonly string[]>;
  /** Programs that are found by name and have power of their own. */
  readonly found: Pick<FoundFolders, 'powered' | 'setuidRoot'>;
  readonly now: () => number;
}

/** Reads the files that a container's start goes through and its processes run, through the engine alone. */
export async function readFiles(
  all: ContainerFiles,
  { inspect, searchPath, running, found, now }: FilesQuestion,
): Promise<Pick<RuntimeFacts, 'startTexts' | 'poweredFiles'>> {
  const files = inTime(all, now);
  const words = [inspect.Path ?? '', ...(inspect.Args ?? [])];
  const command = { words, searchPath, workingFolder: inspect.Config.WorkingDir ?? '/' };
  const start = await told(async () => (await followStart(command, files)) ?? WHERE_IT_BEGINS);
  return {
    startTexts: start.known ? { known: true, value: masked(start.value.texts, inspect) } : start,
    poweredFiles: await told(async () => {
      if (!start.known) return start.because;
      const health = await followStart({ ...command, words: healthWords(inspect) }, files);
      return poweredFiles(files, [...start.value.files, ...(health?.files ?? [])], { running, found, inspect });
    }),
  };
}

/** What the engine runs in it to see how it does, which has no more rights than the container. */
function healthWords({ Config }: ContainerInspect): readonly string[] {
  const [how, ...words] = Config.Healthcheck?.Test ?? [];
  if (how === 'CMD') return words;
  return how === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : [];
}

const MOST_MILLISECONDS = 30_000;
const MOST_PROGRAMS = 64;
const WHERE_IT_BEGINS = 'the program it begins with is not found';

/** A look that fails, or comes too late, says so; whoever asks for it gets nothing at all, not the half. */
function inTime(files: ContainerFiles, now: () => number): ContainerFiles {
  const begun = now();
  const check = (): void => {
    if (now() - begun > MOST_MILLISECONDS) throw new Error(`its files were not read within ${MOST_MILLISECONDS} ms`);
  };
  return {
    async look(path) {
      check();
      return files.look(path);
    },
    async scriptsIn(folder) {
      check();
      return files.scriptsIn(folder);
    },
  };
}

async function told<Value extends object>(ask: () => Promise<Value | string>): Promise<Known<Value>> {
  try {
    const value = await ask();
    return typeof value === 'string' ? { known: false, because: value } : { known: true, value };
  } catch (error) {
    return { known: false, because: error instanceof Error ? error.message : String(error) };
  }
}

function masked(texts: readonly StartText[], inspect: ContainerInspect): readonly StartText[] {
  return texts.map(({ path, text }) => ({ path, text: text === null ? null : maskScript(text, inspect) }));
}

/** Without processes to ask, what is used is what the start and the health check go through. */
async function poweredFiles(
  files: ContainerFiles,
  through: readonly SeenFile[],
  { running, found, inspect }: Pick<FilesQuestion, 'running' | 'found' | 'inspect'>,
): Promise<readonly PoweredFile[] | string> {
  if (running.known && running.value.length > MOST_PROGRAMS) return `it runs more than ${MOST_PROGRAMS} programs`;
  const used = new Map(through.map((file) => [file.path, file]));
  for (const path of running.known ? running.value.filter((one) => !isInit(one, inspect)) : []) {
    const file = used.get(path) ?? (await files.look(path));
    if (file) used.set(file.path, file);
  }
  const others = new Map<string, SeenFile>();
  for (const path of found.powered.slice(0, MOST_PROGRAMS)) {
    const file = used.has(path) ? undefined : await files.look(path);
    if (file) others.set(file.path, file);
  }
  return [
    ...[...used.values()].flatMap((file) => powered(file, 'used')),
    ...found.setuidRoot
      .filter((path) => !used.has(path) && !others.has(path))
      .map((path) => ({ path, isUsed: false, isSetuidRoot: true, capabilities: null })),
    ...[...others.values()].filter(({ path }) => !used.has(path)).flatMap((file) => powered(file, 'found')),
  ];
}

/** The engine's own first process, which it mounts from its host. */
function isInit(path: string, { HostConfig }: ContainerInspect): boolean {
  return HostConfig.Init === true && ENGINE_INITS.includes(path);
}

function powered({ path, isSetuidRoot, capabilities }: SeenFile, how: 'used' | 'found'): readonly PoweredFile[] {
  if (!isSetuidRoot && capabilities === null) return [];
  return [{ path, isUsed: how === 'used', isSetuidRoot, capabilities }];
}
