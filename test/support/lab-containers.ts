import { BUSYBOX_IMAGE, busyboxImage } from './docker.ts';
import type { LabHost } from './lab.ts';

/** A container of the lab's population: what `docker run` is told, and how to see that it still works. */
export interface LabContainer {
  readonly name: string;
  readonly options: readonly string[];
  /** Port its web server listens on inside; undefined: it runs no server. */
  readonly listens?: number;
  /** Host ports that answer from outside, before anything is changed. */
  readonly answers: readonly number[];
  /** Written once after the start, and served: after a fix it must still be there. */
  readonly data?: string;
}

/** What every populated host runs: the cases of the two rules, and the settings that a recreate must carry over. */
export const LAB_CONTAINERS: readonly LabContainer[] = [
  server('web', 80, [80], ['-p', '80:80', '--restart', 'unless-stopped', '-v', 'web-data:/www/data'], '/www/data/note'),
  server(
    'shop',
    8443,
    [443],
    [
      ...['-p', '443:8443', '--network', 'front', '--network-alias', 'store-front', '--ip', '172.30.0.20'],
      ...[
        '-l',
        'com.example.team=shop',
        '-l',
        'com.example.tier=1',
        '-e',
        'MODE=production',
        '-e',
        'TOKEN=not-for-logs',
      ],
      ...['--memory', '64m', '--cpus', '0.5', '--pids-limit', '64', '--restart', 'always'],
    ],
  ),
  server('mail', 8025, [25], ['-p', '25:8025', '--hostname', 'mail.example.com', '--add-host', 'relay:192.0.2.10']),
  server('dns', 53, [53], ['-p', '53:53/udp', '-p', '53:53/tcp']),
  server('store', 80, [873], ['-p', '873:80', '-v', '/www/data'], '/www/data/note'),
  server('six', 80, [], ['-p', '[::1]:993:80', '-p', '127.0.0.1:143:80']),
  server('files', 80, [21], ['-p', '21:80', '-v', '/labhost/files:/www/files:ro', '--log-opt', 'max-size=1m']),
  server(
    'watched',
    80,
    [88],
    [
      ...['-p', '88:80', '--restart', 'on-failure:3', '--health-cmd', 'wget -q -O /dev/null http://127.0.0.1:80/'],
      ...['--health-interval', '1s', '--health-timeout', '2s', '--health-retries', '3'],
    ],
  ),
  server('range', 600, [600], ['-p', '600-601:600-601']),
  server('api', 8080, [8080], ['-p', '8080:8080', '--user', '33:33', '--stop-timeout', '3']),
  server('lean', 80, [8082], ['-p', '8082:80', '--cap-drop', 'ALL', '--read-only', '--tmpfs', '/www']),
  server('edge', 907, [907], ['--network', 'host']),
  server('inner', 80, [], ['--expose', '22', '--ulimit', 'nofile=1024:2048']),
  { name: 'last-year', options: ['-p', '110:80', '--entrypoint', '/bin/true'], answers: [] },
];

/** What the web server of a container answers on a host: `web of h1`. */
export function greeting(container: string, host: string): string {
  return `${container} of ${host}`;
}

/** What a container with data serves at /data/note. */
export const NOTE = 'written before the fix';

/** Runs the whole population on one host; it takes a few seconds. */
export async function populate(host: LabHost): Promise<void> {
  const image = await busyboxImage(host.docker);
  await host.docker('network', 'create', '--subnet', '172.30.0.0/24', 'front');
  await host.docker('network', 'create', 'back');
  await host.execute('sh', '-c', 'mkdir -p /labhost/files && echo from-the-host > /labhost/files/note');
  const waiting = [...LAB_CONTAINERS];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await start(host, next, image);
  };
  await Promise.all([work(), work(), work()]);
  await host.docker('network', 'connect', '--alias', 'billing', 'back', 'shop');
}

function server(
  name: string,
  listens: number,
  answers: readonly number[],
  options: readonly string[],
  data?: string,
): LabContainer {
  return { name, options, listens, answers, ...(data === undefined ? {} : { data }) };
}

async function start(host: LabHost, container: LabContainer, image: string = BUSYBOX_IMAGE): Promise<void> {
  const { name, options, listens, data } = container;
  const command =
    listens === undefined
      ? []
      : ['sh', '-c', `echo '${greeting(name, host.name)}' > /www/index.html; exec httpd -f -p ${listens} -h /www`];
  await host.docker('run', '-d', '--init', '--name', name, ...options, image, ...command);
  if (data !== undefined) await host.docker('exec', name, 'sh', '-c', `echo '${NOTE}' > ${data}`);
}
