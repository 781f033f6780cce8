import type { Duplex } from 'node:stream';
import type { Probe } from '../apply/tools.ts';
import { EnforceError } from '../model/errors.ts';
import type { HostSession } from './host-session.ts';

const CONNECT_MILLISECONDS = 3000;
/** The engine's proxy accepts every connection and hangs up when nothing is behind it; a service keeps it, or speaks. */
const HOLD_MILLISECONDS = 300;

/** Looks whether a service answers on a port, from the host itself, so that no firewall between can mislead. */
export function portProbe(session: HostSession): Probe {
  return async (ip, port) => {
    try {
      const connection = await session.connection();
      return await holds(await connection.openTcp(ip, port, AbortSignal.timeout(CONNECT_MILLISECONDS)));
    } catch (error) {
      return error instanceof EnforceError && error.code === 'permission' ? 'unknown' : 'silent';
    }
  };
}

function holds(socket: Duplex): Promise<'answers' | 'silent'> {
  return new Promise((resolve) => {
    const end = (verdict: 'answers' | 'silent'): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(verdict);
    };
    const timer = setTimeout(() => end('answers'), HOLD_MILLISECONDS);
    socket.on('data', () => end('answers'));
    for (const event of ['end', 'close', 'error']) socket.on(event, () => end('silent'));
  });
}
