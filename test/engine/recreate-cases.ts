import type { JsonObject } from '../../src/model/json.ts';

/** A container to be recreated on a real engine, and what must be so afterwards. */
export interface RecreateCase {
  readonly name: string;
  /** Words of `docker run`, before the image; `PREFIX` stands for the suite's own. */
  readonly options: readonly string[];
  /** Made through the API instead, for what the docker command cannot say. */
  readonly body?: JsonObject;
  readonly command?: string;
  /** The image with an entrypoint, a volume and a health check of its own. */
  readonly fullImage?: boolean;
  /** Capabilities to keep. */
  readonly keep?: readonly string[];
  /** Host port before → after; each serves the container's name. */
  readonly ports?: readonly (readonly [number, number])[];
  /** Files written once, before. */
  readonly data?: readonly string[];
  /** Networks it is connected to later, each with an alias. */
  readonly connect?: readonly (readonly [network: string, alias: string])[];
}

const serve = (port: number): string => `cd /tmp; echo NAME > index.html; exec httpd -f -p ${port} -h /tmp`;

/** The ordinary container, in the shapes that come back wrong when something is left out. */
export const RECREATE_CASES: readonly RecreateCase[] = [
  { name: 'web', options: ['-p', '929:80', '--restart', 'unless-stopped'], command: serve(80), ports: [[929, 8929]] },
  {
    name: 'shop',
    options: [
      ...['--network', 'PREFIXfront', '--network-alias', 'store-front', '--ip', '172.29.78.9', '-p', '931:8080'],
      ...['-e', 'MODE=production', '-e', 'TOKEN=hunter2=', '-l', 'com.example.team=shop', '--user', '33:33'],
      ...['--memory', '64m', '--cpus', '0.5', '--pids-limit', '64', '--ulimit', 'nofile=1024:2048'],
      ...['--ulimit', 'locks=9223372036854775807', '--log-opt', 'max-size=1m', '--restart', 'on-failure:5'],
      ...['--health-cmd', 'wget -q -O /dev/null http://127.0.0.1:8080/', '--health-interval', '1s'],
      ...['--stop-timeout', '3', '--stop-signal', 'SIGINT', '--dns', '192.0.2.53', '--add-host', 'relay:192.0.2.10'],
      ...['--shm-size', '32m', '--sysctl', 'net.core.somaxconn=512', '--workdir', '/www', '--tmpfs', '/scratch'],
    ],
    connect: [
      ['back', 'billing'],
      ['audit', 'shop-audit'],
    ],
    command: serve(8080),
    ports: [[931, 8931]],
  },
  {
    name: 'store',
    options: [
      ...['-p', '127.0.0.1:913:80', '-v', 'PREFIXdata:/named', '-v', '/anon', '--mount', 'type=volume,dst=/cache'],
      ...['-v', 'FOLDER:/bound', '-v', 'FOLDER:/read-only:ro', '--read-only', '--tmpfs', '/tmp'],
    ],
    fullImage: true,
    command: serve(80),
    ports: [[913, 8913]],
    data: ['/named/note', '/anon/note', '/cache/note', '/data/note', '/bound/note'],
  },
  {
    name: 'range',
    options: ['-p', '914-915:81-82', '-p', '8990:83'],
    command: `cd /tmp; echo NAME > index.html; httpd -p 81 -h /tmp; httpd -p 83 -h /tmp; exec httpd -f -p 82 -h /tmp`,
    ports: [
      [914, 8914],
      [915, 8915],
      [8990, 8990],
    ],
  },
  { name: 'dns', options: ['-p', '917:53/udp', '-p', '917:53/tcp'], command: serve(53), ports: [[917, 8917]] },
  { name: 'by-network-id', options: ['--network', 'NETWORK-ID', '--network-alias', 'x-alias'], command: serve(80) },
  { name: 'on-the-host', options: ['--network', 'host'], command: serve(8918) },
  { name: 'hosts-name', options: ['--uts', 'host', '-p', '919:80'], command: serve(80), ports: [[919, 8919]] },
  { name: 'alone', options: ['--network', 'none'], command: serve(80) },
  { name: 'lodger', options: ['--network', 'container:PREFIXanchor'], command: serve(8080) },
  { name: 'linked', options: ['--link', 'PREFIXanchor:mydb'], command: serve(80) },
  {
    name: 'bare',
    options: [],
    fullImage: true,
    body: {
      Entrypoint: [''],
      Cmd: ['sleep', '9999'],
      Env: ['A'],
      Healthcheck: { Test: ['NONE'] },
      MacAddress: '02:AA:BB:CC:DD:EE',
      Volumes: { '/data/': {} },
      HostConfig: { Init: true, MaskedPaths: [], ReadonlyPaths: [], Binds: ['/solo'], CapAdd: ['NET_ADMIN'] },
    },
    keep: ['NET_ADMIN'],
    data: ['/solo/note', '/data/note'],
  },
  {
    name: 'entered',
    options: ['--entrypoint', '/bin/sleep', '--hostname', 'db-1.example.com'],
    fullImage: true,
    command: '9999',
  },
];
