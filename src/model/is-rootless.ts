import type { EngineFacts } from './snapshot.ts';

/** Whether an engine runs without root: its containers hold no capability of the host, and their networks are its own. */
export function isRootless({ securityOptions }: Pick<EngineFacts, 'securityOptions'>): boolean {
  return securityOptions.some((option) => option.startsWith('name=rootless'));
}
