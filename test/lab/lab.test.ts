import { beforeAll, expect, test } from '@jest/globals';
import { withLab } from '../support/lab.ts';
import { greeting, LAB_CONTAINERS, NOTE, populate } from '../support/lab-containers.ts';
import { page } from '../support/page.ts';
import { describeLab } from '../support/real-engine.ts';

describeLab('the lab', () => {
  const lab = withLab(3);
  beforeAll(async () => {
    await Promise.all(lab().hosts.map(populate));
  }, 180_000);

  test('every container of every host answers, and says which one it is', async () => {
    const heard: string[] = [];
    const expected: string[] = [];

    for (const host of lab().hosts) {
      for (const { name, answers } of LAB_CONTAINERS) {
        for (const port of answers) {
          expected.push(`${port}: ${greeting(name, host.name)}`);
          heard.push(`${port}: ${await page(`http://${host.address}:${port}/`)}`);
        }
      }
    }

    expect(heard).toEqual(expected);
  }, 60_000);

  test('data lies in a named and in an anonymous volume', async () => {
    const [host] = lab().hosts;

    const named = await page(`http://${host?.address ?? ''}:80/data/note`);
    const anonymous = await page(`http://${host?.address ?? ''}:873/data/note`);

    expect([named, anonymous]).toEqual([NOTE, NOTE]);
  });

  test.each([
    ['root', 'docker ps -q | wc -l', '13'],
    ['ops', 'docker ps -q | wc -l', '13'],
    ['narrow', 'docker ps -q | wc -l', '13'],
    ['deploy', 'sudo -n docker ps -q | wc -l', '13'],
    ['guest', 'docker ps -q 2>&1 | grep -c "permission denied"', '1'],
  ] as const)('%s comes in over ssh and may do what that user may do', async (user, command, printed) => {
    const said = await Promise.all(lab().hosts.map((host) => host.ssh(user, command)));

    expect(said).toEqual([printed, printed, printed]);
  });

  test('a host that lost its power comes back with the containers that restart', async () => {
    const [, host] = lab().hosts;
    await host?.powerCut();

    await host?.boot();

    const running = await host?.docker('ps', '--format', '{{.Names}}');
    expect(running?.split('\n').sort()).toEqual(['shop', 'watched', 'web']);
  }, 60_000);
});
