import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hostSession, type HostSession } from '../../src/cli/host-session.ts';
import { keys, startLab, type Lab } from '../support/ssh-fleet.ts';

let lab: Lab;
let session: HostSession;
let pauses = 0;

beforeEach(async () => {
  pauses = 0;
  lab = await startLab('ssh', (_request, response) => response.end('{}'));
  const clock = {
    now: () => pauses * 1_000,
    timestamp: () => '2026-11-22T12:00:00Z',
    delay: () => Promise.resolve(void (pauses += 1)),
  };
  session = hostSession(lab.host, { ...lab.settings, deadlineMilliseconds: 2_000 }, clock);
  await session.connection();
});

afterEach(async () => {
  await session.close();
  await lab.close();
});

test('a host that was lost is waited for while it is away', async () => {
  await session.close();
  lab.ssh.behaviour.drops = 10;

  const connection = await session.connection();

  expect(pauses).toBeGreaterThan(0);
  expect(connection.way).toBe('ssh, forwarded socket');
});

test('a host that was lost and shows another key when it is back is left at once', async () => {
  await session.close();
  lab.homeFile('known_hosts', `[127.0.0.1]:${lab.ssh.port} ${keys.otherHost.public}\n`);

  await expect(session.connection()).rejects.toMatchObject({ code: 'host-key' });
  expect(pauses).toBe(0);
});
