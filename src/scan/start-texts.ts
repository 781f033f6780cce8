import type { StartText } from '../model/runtime.ts';
import { commandsIn, foldersIn, isShell, isWrapper } from './script-words.ts';
import type { SeenFile } from './look-at-file.ts';

/** How a container is started, as the engine has it. */
export interface StartCommand {
  /** What its first process is: entrypoint and command in one. */
  readonly words: readonly string[];
  /** Folders in which a program is found by name. */
  readonly searchPath: readonly string[];
  readonly workingFolder: string;
}

/** The files of one container, by path. */
export interface ContainerFiles {
  readonly look: (path: string) => Promise<SeenFile | undefined>;
  readonly scriptsIn: (folder: string) => Promise<readonly SeenFile[]>;
}

/** What a start goes through. */
export interface Start {
  readonly texts: readonly StartText[];
  /** The files among them, each once. */
  readonly files: readonly SeenFile[];
}

/**
 * Follows a start from its first word on: through the programs that only run another, the interpreter of a script, what a
 * script becomes (`exec`) or reads in (`.`), and the folders of scripts it goes through, as s6 and many entrypoints have
 * them. What a script works out while it runs cannot be followed. Undefined where even the first program is not found.
 */
export async function followStart(command: StartCommand, files: ContainerFiles): Promise<Start | undefined> {
  const way = new Way(command, files);
  await way.follow(command.words, 0);
  return way.hasBegun ? { texts: way.texts, files: [...way.seen.values()] } : undefined;
}

/** More than this is thrown as too much: nobody's start goes that far. */
const MOST_LOOKS = 200;
const MOST_FILES = 96;
const MOST_TEXT = 1024 * 1024;
/** From the entrypoint to a script that it becomes, and to what that one becomes. */
const MOST_DEPTH = 2;
/** Words after a program that runs another, among which that one is. */
const MOST_ARGUMENTS = 8;

/** What has been gone through so far. */
class Way {
  readonly texts: StartText[] = [];
  readonly seen = new Map<string, SeenFile>();
  hasBegun = false;
  #characters = 0;
  readonly #command: StartCommand;
  readonly #files: ContainerFiles;
  readonly #looked = new Map<string, SeenFile | undefined>();
  readonly #folders = new Set<string>();

  constructor(command: StartCommand, files: ContainerFiles) {
    this.#command = command;
    this.#files = files;
  }

  /** Goes through one command; whether its program was found. */
  async follow(words: readonly string[], depth: number): Promise<boolean> {
    const [program = '', ...rest] = words;
    const file = await this.#find(program);
    if (!file) return false;
    this.hasBegun = true;
    const isNew = this.#add(file);
    if (isShell(program)) await this.#followShell(program, rest, depth);
    else if (isWrapper(program)) await this.#followFirst(rest, depth);
    else if (isNew && file.text !== null) await this.#followScript(file, file.text, rest, depth);
    if (file.path === '/init') for (const folder of S6_FOLDERS) await this.#followFolder(folder, depth);
    return true;
  }

  async #followShell(program: string, words: readonly string[], depth: number): Promise<void> {
    const at = words.findIndex((word) => /^-[a-z]*c[a-z]*$/.test(word));
    const text = at === -1 ? undefined : words[at + 1];
    if (text === undefined) return this.#followFirst(words, depth);
    this.texts.push({ path: `${program} -c`, text });
    await this.#followText(text, words.slice(at + 2), depth);
  }

  /** The first word that is a program, past flags and what a switcher takes before it. */
  async #followFirst(words: readonly string[], depth: number): Promise<void> {
    for (let at = 0; at < Math.min(words.length, MOST_ARGUMENTS); at++) {
      const word = words[at] ?? '';
      if (isName(word) && (await this.follow(words.slice(at), depth))) return;
    }
  }

  async #followScript(file: SeenFile, text: string, words: readonly string[], depth: number): Promise<void> {
    const [, interpreter = ''] = /^#![ \t]*([^\r\n]*)/.exec(text) ?? [];
    const started = interpreter.split(/\s+/).filter((word) => word !== '');
    if (started.length > 0) {
      const own = await this.#find(started[0] ?? '');
      if (own) this.#add(own);
      if (isWrapper(started[0] ?? '')) await this.#followFirst(started.slice(1), depth);
    }
    await this.#followText(text, words, depth);
    if (text.includes('s6-') && file.path !== '/init')
      for (const folder of S6_FOLDERS) await this.#followFolder(folder, depth);
  }

  async #followText(text: string, words: readonly string[], depth: number): Promise<void> {
    if (depth >= MOST_DEPTH) return;
    for (const command of commandsIn(text, words)) await this.follow(command, depth + 1);
    for (const folder of foldersIn(text)) await this.#followFolder(folder, depth + 1);
  }

  async #followFolder(folder: string, depth: number): Promise<void> {
    if (this.#folders.has(folder)) return;
    this.#folders.add(folder);
    this.#count();
    for (const file of await this.#files.scriptsIn(folder)) {
      if (this.#add(file) && depth < MOST_DEPTH) await this.#followText(file.text ?? '', [], MOST_DEPTH - 1);
    }
  }

  #add(file: SeenFile): boolean {
    if (this.seen.has(file.path)) return false;
    if (this.seen.size >= MOST_FILES) throw new Error(`its start goes through more than ${MOST_FILES} files`);
    this.#characters += file.text?.length ?? 0;
    if (this.#characters > MOST_TEXT)
      throw new Error(`its start goes through more than ${MOST_TEXT} characters of text`);
    this.seen.set(file.path, file);
    this.texts.push({ path: file.path, text: file.text });
    return true;
  }

  async #find(program: string): Promise<SeenFile | undefined> {
    if (!isName(program)) return undefined;
    const { searchPath, workingFolder } = this.#command;
    if (program.startsWith('/')) return this.#look(program);
    if (program.includes('/')) return this.#look(`${workingFolder === '/' ? '' : workingFolder}/${program}`);
    for (const folder of searchPath) {
      const file = await this.#look(`${folder}/${program}`);
      if (file) return file;
    }
    return undefined;
  }

  async #look(path: string): Promise<SeenFile | undefined> {
    if (this.#looked.has(path)) return this.#looked.get(path);
    this.#count();
    const file = await this.#files.look(path);
    this.#looked.set(path, file);
    return file;
  }

  #count(): void {
    if (this.#looked.size + this.#folders.size > MOST_LOOKS)
      throw new Error(`its start could not be followed in ${MOST_LOOKS} looks`);
  }
}

/** Where s6-overlay has its scripts, of its second and third version. */
const S6_FOLDERS = [
  '/etc/cont-init.d',
  '/etc/services.d',
  '/etc/s6-overlay/s6-rc.d',
  '/etc/s6-overlay/scripts',
  '/custom-cont-init.d',
];

/** A word that could be the name of a file as it stands. */
function isName(word: string): boolean {
  return /^[\w./@+:][\w./@+:-]*$/.test(word) && !/^\.*$/.test(word) && word.length < 1024;
}
