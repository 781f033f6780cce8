import { createHash } from 'node:crypto';

/** What stands in a secret's place: enough of its sha256 to tell two apart. */
export function digestOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 12)}`;
}
