import type { HostConfig } from './snapshot.ts';

/** Whether programs of a container get no power from set-user-id bits and file capabilities. */
export function hasNoNewPrivileges({ SecurityOpt }: HostConfig): boolean {
  return (SecurityOpt ?? []).some((option) => /^no-new-privileges(?:[=:](?:true|1|t))?$/i.test(option));
}
