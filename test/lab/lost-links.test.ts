import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { busyboxImage } from '../support/docker.ts';
import { interceptor } from '../support/interceptor.ts';
import { type LabHost, withLab } from '../support/lab.ts';
import { page } from '../support/page.ts';
import { describeLab } from '../support/real-engine.ts';
import { operatorAt, READS_LINK } from '../support/try-at.ts';

const RUN = ['run', '-d', '--init', '--restart', 'always'];
const SHELL = ['enforce-test/busybox:1', 'sh', '-c'];
/** Does not come up without MKNOD, which is pinned away. */
const NEEDY = 'echo web > /www/index.html; mknod /dev/probe c 1 3 && exec httpd -f -p 80 -h /www';
const PINNED = { capabilities: '{ profiles: { "container:web": [] } }' };

describeLab('an engine that is killed in the middle of a change that then has to be taken back', () => {
  const lab = withLab(1);
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'enforce-links-'));
    await Promise.all(lab().hosts.map(({ docker }) => busyboxImage(docker)));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('never brings a container back without its link: it says what to do, and that helps', async () => {
    const [host] = lab().hosts as readonly [LabHost];
    const { enforce, start, socketPath } = operatorAt(host, PINNED, folder);
    await host.docker(...RUN, '--name', 'web', '-p', '91:80', ...SHELL, NEEDY);
    await host.docker(...RUN, '--name', 'side', '--link', 'web:w', '-p', '94:80', ...SHELL, READS_LINK);
    const isMet = { once: false };
    const between = await interceptor(
      socketPath,
      () => host.socketPath(),
      async (now, call) => {
        if (isMet.once || now !== 'after' || !call.endsWith('/rename?name=web')) return false;
        isMet.once = true;
        await host.engine('kill').then(() => host.engine('start'));
        return true;
      },
    );

    const first = await start('between.yml', ['apply', '--yes']).ended;
    await between.close();
    const second = await enforce('apply', '--yes');
    await host.engine('kill').then(() => host.engine('start'));
    const third = await enforce('apply', '--yes');

    expect([first, second].map(({ exitCode }) => exitCode)).toEqual([6, 6]);
    expect(first.stdout).toMatch(/side has lost its link w by that[^]*systemctl restart docker/);
    expect(third.exitCode).toBe(3);
    expect(await host.docker('ps', '-a', '--format', '{{.Names}} {{.State}}')).toBe('side running\nweb running');
    expect(await page(`http://${host.address}:91/`)).toBe('web');
    expect(await page(`http://${host.address}:94/`)).toBe('web');
  }, 300_000);
});
