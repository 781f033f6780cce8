import { writeFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { BUSYBOX_IMAGE, busyboxImage } from '../support/docker.ts';
import { withLab, type LabHost } from '../support/lab.ts';
import { labOperator, type LabOperator } from '../support/lab-job.ts';
import { describeLab } from '../support/real-engine.ts';

/** Enough of a host that its own sshd runs in a container. */
const HOST_FOLDERS = [
  '/usr:/usr:ro',
  '/usr/bin:/bin:ro',
  '/lib:/lib:ro',
  '/lib64:/lib64:ro',
  '/etc:/etc',
  '/root:/root',
  '/run:/run',
];

describeLab('on a real host with sshd', () => {
  const lab = withLab(1);
  let host: LabHost;
  beforeAll(async () => {
    const [only] = lab().hosts;
    if (!only) throw new Error('the lab is empty');
    host = only;
    await busyboxImage(host.docker);
    // Relays and sshd at other ports show the host's own key.
    const known = await readFile(lab().knownHostsFile, 'utf8');
    const key =
      known
        .split('\n')
        .find((line) => line.startsWith('h1,'))
        ?.split(' ')
        .slice(1)
        .join(' ') ?? '';
    for (const port of [2201, 2202, 2203]) await appendFile(lab().knownHostsFile, `[${host.address}]:${port} ${key}\n`);
  }, 180_000);

  test('a container whose relay is the way in is left alone, and so is the relay behind it', async () => {
    await serve('web', ['-p', '80:80'], 'httpd -f -p 80 -h /www');
    const relay = (to: string) => `nc -ll -p 22 -e nc ${to} 22`;
    await serve('inner', [], relay(host.address));
    const [inner = ''] = (await host.docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'inner')).split('\n');
    await serve('outer', ['-p', '2201:22'], relay(inner));

    await untilItAnswers(2201);

    const plan = await planned(`ssh://root@${host.address}:2201`);

    expect(plan('outer')).toContain('blocked: it publishes port 2201, by which enforce reaches this host');
    expect(plan('inner')).toContain(`blocked: the connection of enforce comes from its address ${inner}`);
    expect(plan('web')).toContain('80/tcp');
  }, 120_000);

  test('a container that holds sshd itself is left alone, published or on the network of the host', async () => {
    const folders = HOST_FOLDERS.flatMap((folder) => ['-v', folder]);
    const sshd = (port: number) => `exec /usr/sbin/sshd -D -p ${port} -o PidFile=none`;
    await serve('login', [...folders, '-p', '2202:2202'], sshd(2202));
    await serve('login-host', [...folders, '--network', 'host'], sshd(2203));

    await untilItAnswers(2202);
    await untilItAnswers(2203);

    const published = await planned(`ssh://root@${host.address}:2202/run/docker.sock`);
    const onHost = await planned(`ssh://root@${host.address}:2203/run/docker.sock`);

    expect(published('login')).toContain('blocked: it publishes port 2202');
    expect(onHost('login-host')).toContain('blocked: the shell by which enforce reaches this host runs in it');
    expect(onHost('web')).toContain('80/tcp');
  }, 120_000);

  test.each(['root', 'ops', 'deploy'] as const)(
    '%s is told by sshd where the connection came to, behind sudo too',
    async (user) => {
      const somebody = operator(lab().inventoryText(user));
      await somebody.enforce('scan', '-o', 'scan.json');
      const scan = JSON.parse(await readFile(join(somebody.folder, 'scan.json'), 'utf8')) as Scan;
      somebody.leave();

      expect(scan.snapshots[0]?.machine.shell).toEqual({
        known: true,
        value: {
          login: { client_ip: expect.stringMatching(/\.1$/), server_ip: host.address, server_port: 22 },
          container_ids: expect.any(Array),
        },
      });
    },
    60_000,
  );

  test('a container that a unit runs, one that the host asks for names and one of swarm are left alone', async () => {
    await host.docker('swarm', 'init', '--advertise-addr', host.address);
    const published = 'mode=host,published=82,target=80';
    await host.docker(
      'service',
      'create',
      '--detach',
      '--name',
      'task',
      '--publish',
      published,
      '--no-resolve-image',
      BUSYBOX_IMAGE,
    );
    await untilRunning('task.1');
    await serve('shop', ['-p', '81:80'], 'httpd -f -p 80 -h /www');
    await serve('names', ['-p', '53:53/udp'], 'sleep 9999');
    const unit = '[Service]\nExecStart=/usr/bin/docker run --rm \\\n  --name %p nginx\n';
    await host.execute('sh', '-c', `printf '%s' '${unit}' > /etc/systemd/system/shop.service`);
    await host.execute('sh', '-c', `rm -f /etc/resolv.conf; echo nameserver ${host.address} > /etc/resolv.conf`);

    const plan = await planned(`ssh://root@${host.address}`);

    expect(plan('shop')).toMatch(
      /blocked: a systemd unit created it \(shop\.service\)[^]*\/etc\/systemd\/system\/shop\.service/,
    );
    expect(plan('names')).toContain(`the host itself asks it for names (nameserver ${host.address}`);
    expect(plan('task')).toMatch(/blocked: swarm created it \(task\)[^]*docker service update .* task/);
  }, 120_000);

  async function serve(name: string, options: readonly string[], command: string): Promise<void> {
    await host.docker('run', '-d', '--init', '--name', name, ...options, BUSYBOX_IMAGE, 'sh', '-c', command);
  }

  /** With the greeting of sshd, wherever that is. */
  async function untilItAnswers(port: number): Promise<void> {
    const greeted = `timeout 2 sh -c "nc ${host.address} ${port} </dev/null 2>/dev/null | grep -q SSH"`;
    await host.docker('exec', 'web', 'timeout', '30', 'sh', '-c', `until ${greeted}; do sleep 0.1; done`);
  }

  async function untilRunning(name: string): Promise<void> {
    const runs = `docker ps -q --filter name=${name} | grep -q .`;
    await host.execute('timeout', '90', 'sh', '-c', `until ${runs}; do sleep 0.2; done`);
  }

  function operator(inventory: string): LabOperator {
    const somebody = labOperator(lab());
    writeFileSync(join(somebody.folder, 'inventory.yml'), inventory);
    return somebody;
  }

  /** What the plan says of a container, by its name; of a task without what swarm adds. */
  async function planned(address: string): Promise<(name: string) => string> {
    const somebody = operator(`all: { hosts: { h1: { docker: "${address}" } } }\n`);
    const { stdout, stderr } = await somebody.enforce('plan');
    somebody.leave();
    const parts = stdout.split(/^ {2}(?=\S)/m);
    return (name) => parts.find((part) => part.split(/ +/)[1]?.split(/\.\d/)[0] === name) ?? `${stdout}${stderr}`;
  }
});

interface Scan {
  readonly snapshots: readonly { readonly machine: { readonly shell: unknown } }[];
}
