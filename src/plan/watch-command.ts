import type { Container } from '../model/snapshot.ts';

/** The command that would watch a container from its start on, as far as it can be restarted for that. */
export function watchCommand({ name, inspect: { State, HostConfig } }: Container): string {
  if (!State.Running) return `docker start ${name}, then enforce observe ${name} --start`;
  return HostConfig.AutoRemove === true ? `enforce observe ${name}` : `enforce observe ${name} --start`;
}
