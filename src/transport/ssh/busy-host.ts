import { setTimeout as wait } from 'node:timers/promises';
import type { EnforceError } from '../../model/errors.ts';
import type { ConnectionSettings } from '../connection-settings.ts';
import { failureOf, stopped } from '../explain.ts';

/** Whether a busy sshd (MaxStartups) dropped the connection before its greeting, politely or by a reset. */
export function wasDropped(failure: EnforceError): boolean {
  const { message, code } = failureOf(failure.cause);
  return message === 'Connection lost before handshake' || code === 'ECONNRESET';
}

/** Waits before a host that dropped us is tried again: longer each time, and not as long as every other host does. */
export async function pauseForBusyHost(
  attempt: number,
  { random = Math.random, delay = waitFor }: ConnectionSettings,
  signal: AbortSignal,
  where: string,
): Promise<void> {
  try {
    await delay(250 * 2 ** attempt * (0.5 + random()), signal);
  } catch {
    throw stopped(signal, `waiting to try ${where} again`);
  }
}

async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal });
}
