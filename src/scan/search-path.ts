import type { ContainerInspect } from '../model/snapshot.ts';

/** The folders a container finds its programs in by name, in that order; it takes the environment as the engine has it. */
export function searchPathOf({ Config }: ContainerInspect): readonly string[] {
  const set = (Config.Env ?? []).find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length);
  const folders = (set ?? DEFAULT).split(':').map((folder) => folder.replace(/(?<=.)\/+$/, ''));
  return [...new Set(folders.filter((folder) => folder.startsWith('/')))].slice(0, MOST_FOLDERS);
}

/** What engines give a container that sets none. */
const DEFAULT = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const MOST_FOLDERS = 24;
