import { afterEach, describe, expect, test } from '@jest/globals';
import { serve, standing, writesTo } from '../support/shop-fleet.ts';
import { slowly, SUNDAYS, windowFleet, type WindowFleet } from '../support/window-fleet.ts';

const OPEN = '2026-11-22T05:00:00Z';
const NEVER = '{ name: x, deny: true, from: "2026-11-01 00:00", to: "2027-01-04 00:00", timezone: UTC, reason: sale }';

let site: WindowFleet;
afterEach(() => site.leave());

describe('a fleet whose hosts have different windows', () => {
  test('changes those that are open, defers the others without connecting for it, and ends with 2', async () => {
    await siteOf(['web-1', 'web-2'], `${SUNDAYS}, ${NEVER.replace('deny', 'hosts: "web-2", deny')}`);

    const { exitCode, stdout } = await site.at(OPEN, 'apply', '--yes');

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}applied/);
    expect(stdout).toMatch(
      /web-2\/web {2}deferred: window x denies it \(sale\); sundays opens Sun 2027-01-10 05:00 UTC/,
    );
    expect(writesTo(site.fleet.engine('web-2'))).toEqual([]);
    // To end what an earlier run left, and to read it.
    expect(site.fleet.hosts.get('web-2')?.connections()).toBe(2);
  });

  test('changes a host that no window is for at any time', async () => {
    await siteOf(['web-1', 'web-2'], SUNDAYS.replace('name', 'hosts: "web-2", name'));

    const { exitCode } = await site.at('2026-11-23T05:00:00Z', 'apply', '--yes');

    expect(exitCode).toBe(2);
    expect(standing(site.fleet.engine('web-1'))).toContain('web running 8080');
    expect(standing(site.fleet.engine('web-2'))).toEqual(['web running 80']);
  });

  test('takes the host whose window opens later when its turn comes', async () => {
    const later = '{ name: later, hosts: "web-1", schedule: "30 5 * * SUN", duration: 1h, timezone: UTC }';
    await siteOf(['web-1', 'web-2'], `${later}, ${SUNDAYS.replace('name', 'hosts: "web-2", name')}`);
    slowly(site, 'web-2', 1800);

    const { exitCode, stderr } = await site.at(OPEN, 'apply', '--yes');

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/batch 1: web-2\n[^]*batch 2: web-1\n/);
  });

  test('does not begin where a freeze is on, whatever else is open', async () => {
    await siteOf(['web-1'], `${SUNDAYS}, ${NEVER}`);

    const { exitCode, stderr } = await site.at(OPEN, 'apply', '--yes');

    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('window x denies it (sale)')]);
  });

  test('is not read at all with a window for hosts that are not there', async () => {
    await siteOf(['web-1'], SUNDAYS.replace('name', 'hosts: "wbe-1", name'));

    const { exitCode, stderr } = await site.at(OPEN, 'apply', '--yes');

    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('window sundays: no host or group matches "wbe-1"'),
    ]);
    expect(site.fleet.hosts.get('web-1')?.connections()).toBe(0);
  });

  test('whose window closes during a pause is told so at once', async () => {
    await siteOf(['web-1', 'web-2'], SUNDAYS);
    const playbook = site.operator.write(
      'paused.yml',
      `rules: { linux-capabilities: true }\nrollout: { batches: [1], pause: 58m }\nhealth: { healthy_for: 1s, deadline: 5s }\nwindows: [${SUNDAYS}]\n`,
    );

    const { exitCode, stdout } = await site.at(OPEN, 'apply', '--yes', '-p', playbook);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}applied/);
    expect(stdout).toMatch(/web-2\/web {2}deferred: after the pause of 58 min it may take .* closes in/);
    expect(Date.parse(site.clock().timestamp())).toBeLessThan(Date.parse('2026-11-22T05:10:00Z'));
  });
});

describe('a host whose clock differs from the one here', () => {
  test.each([
    ['ahead', 120, '2 min ahead of'],
    ['behind', -120, '2 min behind'],
  ])('by two minutes (%s) is changed, and told of', async (_what, seconds, text) => {
    await siteOf(['web-1'], SUNDAYS, { 'web-1': seconds });

    const { exitCode, stderr } = await site.at(OPEN, 'apply', '--yes');

    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining(`warning: the clock of web-1 is ${text} the one here`),
    ]);
  });

  test('by half a minute is not told of', async () => {
    await siteOf(['web-1'], SUNDAYS, { 'web-1': 30 });

    expect((await site.at(OPEN, 'apply', '--yes')).stderr).not.toContain('the clock of');
  });

  test('by more than five minutes is left alone with 5, and the others are not', async () => {
    await siteOf(['web-1', 'web-2'], SUNDAYS, { 'web-1': -400 });

    const { exitCode, stdout } = await site.at(OPEN, 'apply', '--yes');

    expect(exitCode).toBe(5);
    expect(stdout).toMatch(
      /web-1\/web {2}deferred: the clock of web-1 is 6 min 40 s behind the one here, .*set the one/,
    );
    expect(stdout).toMatch(/web-2\/web {2}applied/);
    expect(standing(site.fleet.engine('web-1'))).toEqual(['web running 80']);
  });

  test('matters to nobody where windows are ignored, or there are none', async () => {
    await siteOf(['web-1'], SUNDAYS, { 'web-1': 4000 });

    const { exitCode, stderr } = await site.at(OPEN, 'apply', '--yes', '--ignore-window', '--reason', 'now');

    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('clock')]);
  });
});

async function siteOf(names: readonly string[], windows: string, ahead: Readonly<Record<string, number>> = {}) {
  site = await windowFleet(names, windows, ahead);
  for (const name of names) serve(site.fleet.engine(name), 'web', 80);
}
