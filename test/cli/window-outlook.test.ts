import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serve } from '../support/shop-fleet.ts';
import { SUNDAYS, windowFleet, type WindowFleet } from '../support/window-fleet.ts';

const CLOSED = '2026-11-22T06:00:00Z';
const SHORT = SUNDAYS.replace('1h', '2m');

let site: WindowFleet;
beforeEach(async () => {
  site = await windowFleet(['web-1', 'web-2'], SHORT.replace('2m', '5m'));
  for (const host of ['web-1', 'web-2']) serve(site.fleet.engine(host), 'web', 80);
});
afterEach(() => site.leave());

describe('enforce plan with maintenance windows', () => {
  test('says when the next one opens', async () => {
    const { exitCode, stdout } = await site.at(CLOSED, 'plan');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /\nWindows: web-1, web-2: closed; sundays opens Sun 2026-11-29 05:00 UTC, in 6 d 23 h, for 5 min\n$/,
    );
  });

  test('says which changes do not fit, and when they do', async () => {
    const { stdout } = await site.at('2026-11-22T05:03:00Z', 'plan', '-l', 'web-1');
    const never = site.operator.write('short.yml', playbook(SHORT));
    const { stdout: short } = await site.at(CLOSED, 'plan', '-l', 'web-1', '-p', never);

    expect(stdout).toMatch(
      /Windows: web-1: open until Sun 2026-11-22 05:05 UTC, 2 min more; then .*\n {9} {2}web-1\/web may take 2 min 20 s, and fits only later: sundays opens/,
    );
    expect(short).toContain('web-1/web may take 2 min 20 s, and fits in no window: the longest is 2 min');
  });

  test('tells it to machines, and what it saved is applied', async () => {
    const file = `${site.operator.folder}/plan.json`;

    const { stdout } = await site.at('2026-11-22T05:00:00Z', 'plan', '--json', '-o', file);
    const applied = await site.at('2026-11-22T05:00:00Z', 'apply', '--yes', file);

    expect(JSON.parse(stdout)).toMatchObject({
      windows: [{ hosts: ['web-1', 'web-2'], windows: ['sundays'], open: true, closes_at: '2026-11-22T05:05:00.000Z' }],
    });
    expect(applied.exitCode).toBe(0);
  });

  test('of a saved scan says it too, but not of windows for groups, which a scan does not know', async () => {
    const scan = `${site.operator.folder}/scan.json`;
    await site.at(CLOSED, 'scan', '-o', scan);
    const grouped = site.operator.write('grouped.yml', playbook(SUNDAYS.replace('name', 'hosts: shop, name')));

    const { stdout } = await site.operator.run(['plan', '--from', scan, '-p', `${site.operator.folder}/playbook.yml`]);
    const { stdout: without, stderr } = await site.operator.run(['plan', '--from', scan, '-p', grouped]);

    expect(stdout).toContain('\nWindows: web-1, web-2: ');
    expect(without).not.toContain('Windows');
    expect(stderr).toContain('warning: when windows open is not told: window sundays: no host or group matches "shop"');
  });
});

describe('enforce status', () => {
  test('with a playbook says when its windows open', async () => {
    const file = `${site.operator.folder}/playbook.yml`;

    const { stdout } = await site.at(CLOSED, 'status', '-p', file);
    const { stdout: json } = await site.at(CLOSED, 'status', '-p', file, '--json');

    expect(stdout).toMatch(/^windows {6}web-1, web-2: closed; sundays opens Sun 2026-11-29 05:00 UTC/m);
    expect(JSON.parse(json)).toMatchObject({
      windows: [{ open: false, next: { opens_at: '2026-11-29T05:00:00.000Z' } }],
    });
  });

  test('warns of what missed its window three times in a row', async () => {
    for (const day of ['22', '29']) await site.at(`2026-11-${day}T05:04:00Z`, 'apply', '--yes', '-l', 'web-1');
    const twice = await site.at(CLOSED, 'status');
    await site.at('2026-12-06T05:04:00Z', 'apply', '--yes', '-l', 'web-1');
    const { stdout } = await site.at(CLOSED, 'status', '--json');

    expect(twice.stdout).toMatch(/^deferred +web-1\/web +2 times in a row +run 261129\w+ +it may take 2 min 20 s/m);
    expect(JSON.parse(stdout)).toMatchObject({ deferred: [{ host: 'web-1', container: 'web', windows_missed: 3 }] });
  });

  test('counts a run that did not reach a host as missed, and begins anew after one that changed it', async () => {
    await site.at('2026-11-22T05:04:00Z', 'apply', '--yes', '-l', 'web-1');
    await site.fleet.hosts.get('web-1')?.close();
    await site.at('2026-11-29T05:04:00Z', 'apply', '--yes', '-l', 'web-1');

    const { stdout } = await site.at(CLOSED, 'status', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ deferred: [{ host: 'web-1', windows_missed: 2 }] });
  });

  test('of a run tells why windows were ignored', async () => {
    await site.at(CLOSED, 'apply', '--yes', '--ignore-window', '--reason', 'CHG-4711');
    const [started] = site.operator.journals().flat();

    const { stdout } = await site.at(CLOSED, 'status', started?.event === 'run-started' ? started.run : '');

    expect(stdout).toContain('maintenance windows were ignored: CHG-4711\n');
  });
});

function playbook(windows: string): string {
  return `rules: { linux-capabilities: true }\nhealth: { healthy_for: 1s, deadline: 5s }\nwindows: [${windows}]\n`;
}
