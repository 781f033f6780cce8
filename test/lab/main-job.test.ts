import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { withLab, type LabHost, type LabUser } from '../support/lab.ts';
import { greeting, LAB_CONTAINERS, NOTE, populate } from '../support/lab-containers.ts';
import {
  answersAfter,
  changedPaths,
  inspectAll,
  labOperator,
  lifeOf,
  standingAs,
  type LabOperator,
} from '../support/lab-job.ts';
import { page } from '../support/page.ts';
import { describeLab } from '../support/real-engine.ts';

const LONG = 300_000;
/** Of each host: one needs no change. */
const UNCHANGED = ['lean'];
/** One does not run, and still does not afterwards. */
const STOPPED = ['last-year'];

describeLab('the main job on three real hosts with 13 services each', () => {
  const lab = withLab(3);
  const before = new Map<string, ReadonlyMap<string, ContainerInspect>>();
  let operator: LabOperator;
  beforeAll(async () => {
    await Promise.all(lab().hosts.map(populate));
    for (const host of lab().hosts) before.set(host.name, await inspectAll(host));
    operator = labOperator(lab());
  }, 180_000);
  afterAll(() => operator.leave());

  test('scan and plan find the same on every host, and change nothing', async () => {
    const scan = await operator.enforce('scan');
    const plan = await operator.enforce('plan', '--detailed-exitcode');

    expect([scan.exitCode, plan.exitCode]).toEqual([2, 2]);
    expect(scan.stdout).toContain('72 findings in 39 containers on 3 hosts.');
    expect(plan.stdout).toContain('Plan: 39 to recreate, 0 to update, 0 blocked, 0 excepted, 3 compliant.');
    for (const host of lab().hosts) {
      const lives = [...(before.get(host.name)?.values() ?? [])].map(lifeOf);
      expect([...(await inspectAll(host)).values()].map(lifeOf)).toEqual(lives);
    }
  });

  test.each<[LabUser, string]>([
    ['root', 'ssh, forwarded socket'],
    ['ops', 'ssh, forwarded socket'],
    ['narrow', 'ssh, docker system dial-stdio'],
    ['deploy', 'ssh, sudo docker system dial-stdio'],
  ])('%s comes in by %s', async (user, way) => {
    const person = labOperator(lab(), user);

    const { exitCode, stdout } = await person.enforce('hosts', '--check');
    person.leave();

    expect(exitCode).toBe(0);
    expect(stdout.split(`API 1.41, ${way}\n`)).toHaveLength(4);
  });

  test('guest may not use Docker, and is told what would help', async () => {
    const person = labOperator(lab(), 'guest');

    const { exitCode, stdout } = await person.enforce('scan');
    person.leave();

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^h1 +– +not scanned +.*(permission|may not)/m);
    expect(stdout).toMatch(/^h1: .*(docker guest|become)/m);
  });

  test(
    'apply asks on a terminal: y changes one, n leaves one, a changes the rest of the host',
    async () => {
      const program = operator.start(true, 'apply', '-l', 'h3');
      for (const [question, answer] of [
        ['(1/13) Apply this change to h3/api?', 'y\r'],
        ['(2/13) Apply this change to h3/dns?', 'n\r'],
        ['(3/13) Apply this change to h3/edge?', 'a\r'],
      ] as const) {
        await program.untilPrinted(question);
        program.child.stdin.write(answer);
      }

      const { exitCode, stdout } = await program.ended;

      expect(exitCode).toBe(2);
      expect(stdout).toContain('h3/dns  skipped: declined');
      expect(stdout).toMatch(/Run \w+: 12 applied, 1 skipped\. {2}exit 2/);
    },
    LONG,
  );

  test(
    'apply --yes changes all the others',
    async () => {
      const { exitCode, stdout } = await operator.enforce('apply', '--yes');

      // What the host's network is used for by edge on h3 is left, and for a person to mend.
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(/Run \w+: 27 applied\. {2}exit 2/);
    },
    LONG,
  );

  test('afterwards docker itself shows no host port below 1024 and CapDrop ALL on every changed container', async () => {
    for (const host of lab().hosts) {
      const now = await inspectAll(host);
      for (const name of before.get(host.name)?.keys() ?? []) {
        const { HostConfig, State, Id } = now.get(name) ?? missing(name);
        if (UNCHANGED.includes(name)) {
          expect(Id).toBe(before.get(host.name)?.get(name)?.Id);
          continue;
        }
        const ports = Object.values(HostConfig.PortBindings ?? {}).flatMap((rows) => rows ?? []);
        expect(ports.filter(({ HostPort }) => Number(HostPort?.split('-')[0]) < 1024)).toEqual([]);
        expect([name, State.Running, HostConfig.CapDrop]).toEqual([name, !STOPPED.includes(name), ['ALL']]);
      }
    }
  });

  test('every service answers on its new port and with its data, in named and anonymous volumes', async () => {
    const heard: string[] = [];
    const expected: string[] = [];

    for (const { name: host, address } of lab().hosts) {
      const url = `http://${address}`;
      for (const container of LAB_CONTAINERS) {
        const { name, data } = container;
        for (const port of answersAfter(container)) {
          expected.push(`${port}: ${greeting(name, host)}`);
          heard.push(`${port}: ${await page(`${url}:${port}/`)}`);
          if (data === undefined) continue;
          expected.push(`${port}: ${NOTE}`);
          heard.push(`${port}: ${await page(`${url}:${port}/data/note`)}`);
        }
      }
    }

    expect(heard).toEqual(expected);
  });

  test('plan then has only what a person must mend', async () => {
    const { exitCode, stdout } = await operator.enforce('plan', '--detailed-exitcode');

    expect(exitCode).toBe(2);
    expect(stdout).toContain('Plan: 0 to recreate, 0 to update, 3 blocked, 0 excepted, 39 compliant.');
    expect(stdout.match(/^ {2}! +edge +blocked: /gm)).toHaveLength(3);
  });

  test(
    'rollback puts every container back, and inspect is what it was',
    async () => {
      const { exitCode } = await operator.enforce('rollback', '--yes');

      const differing: string[] = [];
      for (const host of lab().hosts) {
        const now = await inspectAll(host);
        expect([...now.keys()].sort()).toEqual([...(before.get(host.name)?.keys() ?? [])].sort());
        for (const [name, was] of before.get(host.name) ?? [])
          differing.push(
            ...changedPaths(was, now.get(name) ?? missing(name)).map((path) => `${host.name} ${name} ${path}`),
          );
      }
      expect(exitCode).toBe(0);
      expect(differing).toEqual([]);
    },
    LONG,
  );

  test('a service that its fix breaks is put back by itself, with 3, and serves', async () => {
    const host = hostOf('h1');
    await run(
      host,
      'recorder',
      90,
      "echo recorder > /www/index.html; mk''nod /dev/frame c 1 3 2>/dev/null && exec httpd -f -p 80 -h /www; echo no frame",
    );
    const id = (await host.inspect('recorder')).Id;

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--container', 'recorder');

    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/✗ h1\/recorder {2}rolled back: .*no frame/);
    expect(await standingAs(host, 'recorder')).toEqual(['recorder running']);
    expect((await host.inspect('recorder')).Id).toBe(id);
    expect(await page(`http://${host.address}:90/`)).toBe('recorder');
  }, 30_000);

  // At every call: test/lab/killed.test.ts.
  test.each(['stop the old container', 'start the new container'])(
    'killed with -9 at "%s", the next apply from another machine leaves one service and nothing over',
    async (moment) => {
      const host = hostOf('h2');
      await run(host, 'late', 91, 'echo late > /www/index.html; exec httpd -f -p 80 -h /www');
      const program = operator.start(false, 'apply', '--yes', '-l', 'h2', '--container', 'late');
      await program.untilPrinted(moment);
      program.child.kill('SIGKILL');
      await program.ended;
      const colleague = labOperator(lab());

      const { exitCode } = await colleague.enforce('apply', '--yes', '-l', 'h2', '--container', 'late');
      colleague.leave();

      expect(exitCode).toBe(0);
      expect(await standingAs(host, 'late')).toEqual([
        'late running',
        expect.stringMatching(/^late\.enforce-bak-\w+ exited$/),
      ]);
      expect(await page(`http://${host.address}:8091/`)).toBe('late');
      await host.docker('rm', '-f', 'late', (await standingAs(host, 'late.enforce'))[0]?.split(' ')[0] ?? '');
    },
    LONG,
  );

  test(
    'with one host without power the others are changed, and the run ends with 4',
    async () => {
      for (const name of ['h1', 'h2', 'h3']) await run(hostOf(name), 'late', 91, 'exec httpd -f -p 80 -h /www');
      await hostOf('h3').powerCut();

      const { exitCode, stdout } = await operator.enforce('apply', '--yes', '--container', 'late', '--timeout', '5');

      expect(exitCode).toBe(4);
      expect(stdout).toMatch(/^h3 .*not reached: /m);
      expect(stdout).toMatch(/Run \w+: 2 applied, 1 host not reached\. {2}exit 4/);
      await hostOf('h3').boot();
      expect((await hostOf('h3').inspect('late')).HostConfig.CapDrop).toBeNull();
    },
    LONG,
  );

  function hostOf(name: string): LabHost {
    return lab().hosts.find((host) => host.name === name) ?? missing(name);
  }

  async function run(host: LabHost, name: string, port: number, command: string): Promise<void> {
    const words = ['run', '-d', '--init', '--name', name, '-p', `${port}:80`, 'enforce-test/busybox:1'];
    await host.docker(...words, 'sh', '-c', command);
  }
});

function missing(name: string): never {
  throw new Error(`there is no ${name}`);
}
