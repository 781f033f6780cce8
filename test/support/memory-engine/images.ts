import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../src/model/json.ts';
import { plainFile } from './files.ts';
import type { Launch, Program } from './program.ts';
import { exits, service } from './program.ts';
import type { MemoryImage } from './store.ts';

/** An image with the programs it contains; its id follows from what it is. */
export function image(tag: string, config: JsonObject, programs: Readonly<Record<string, Program>>): MemoryImage {
  const digest = createHash('sha256')
    .update(JSON.stringify([tag, config, Object.keys(programs)]))
    .digest('hex');
  return { id: `sha256:${digest}`, tags: [tag], config: { ...PLAIN, ...config }, programs, files: FILES };
}

/** Enough of a root to write into. */
const FILES = new Map([
  ['/data/seed', plainFile('from the image\n')],
  ['/etc/passwd', plainFile('root:x:0:0:root:/:/bin/sh\nwww:x:33:33:www:/www:/bin/sh\n')],
]);

const PLAIN: JsonObject = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

const PAGE = 'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>It works</h1>\n';

/** Busybox with its web server as the command, as `busyboxImage` of docker.ts makes it for a real engine. */
export function busyboxImage(tag = 'enforce-test/busybox:1', config: JsonObject = {}): MemoryImage {
  return image(
    tag,
    {
      Cmd: ['httpd', '-f', '-p', '80', '-h', '/www'],
      Env: ['PATH=/bin'],
      ExposedPorts: { '80/tcp': {} },
      ...config,
    },
    {
      '/bin/httpd': service({ listens: ['80/tcp'], reply: PAGE, exitCodeWhenStopped: 143 }),
      '/bin/sleep': service({ listens: [], exitCodeWhenStopped: 143 }),
      '/bin/true': exits(0),
      '/bin/false': exits(1),
      '/bin/cat': ({ commandLine: [, file = ''] }) =>
        exits(1, 0, `cat: can't open '${file}': No such file or directory`)(NOTHING),
    },
  );
}

/** What no program looks at. */
export const NOTHING: Launch = { commandLine: [], env: [], capabilities: new Set(), networkMode: '' };

/** nginx: root starts it, so it changes the owner of its folders and becomes another user. */
export function nginxImage(tag = 'nginx:1.25'): MemoryImage {
  const start = service({
    listens: ['80/tcp', '443/tcp'],
    reply: PAGE,
    needs: [
      {
        capability: 'CHOWN',
        complaint: 'nginx: [emerg] chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)',
        otherwise: 'exits',
      },
      {
        capability: 'SETGID',
        complaint: 'nginx: [emerg] setgid(101) failed (1: Operation not permitted)',
        otherwise: 'exits',
      },
      {
        capability: 'SETUID',
        complaint: 'nginx: [emerg] setuid(101) failed (1: Operation not permitted)',
        otherwise: 'exits',
      },
    ],
  });
  return image(
    tag,
    {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NGINX_VERSION=1.25.5'],
      Entrypoint: ['/docker-entrypoint.sh'],
      Cmd: ['nginx', '-g', 'daemon off;'],
      ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
      Labels: { maintainer: 'NGINX Docker Maintainers' },
      StopSignal: 'SIGQUIT',
    },
    { '/docker-entrypoint.sh': start },
  );
}

/** redis: its entrypoint becomes the user redis; data in an anonymous volume when none is named. */
export function redisImage(tag = 'redis:7.2'): MemoryImage {
  const complaint = 'setpriv: setresuid failed: Operation not permitted';
  const start = service({
    listens: ['6379/tcp'],
    reply: '+PONG\r\n',
    needs: [
      { capability: 'SETUID', complaint, otherwise: 'exits' },
      { capability: 'SETGID', complaint, otherwise: 'exits' },
    ],
  });
  return image(
    tag,
    {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'REDIS_VERSION=7.2.4'],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['redis-server'],
      ExposedPorts: { '6379/tcp': {} },
      Volumes: { '/data': {} },
      WorkingDir: '/data',
    },
    { '/usr/local/bin/docker-entrypoint.sh': start },
  );
}

/** A mail relay: greets each client, and has to be reached on port 25. */
export function mailImage(tag = 'acme/mail-relay:3'): MemoryImage {
  const start = service({ listens: ['25/tcp'], greeting: '220 mail.example.com ESMTP\r\n', reply: '250 ok\r\n' });
  return image(
    tag,
    { Env: ['PATH=/usr/sbin:/usr/bin'], Cmd: ['/usr/sbin/relay', '--foreground'], ExposedPorts: { '25/tcp': {} } },
    { '/usr/sbin/relay': start },
  );
}

/** A recorder that makes its own device files: without MKNOD it ends at once, and only a person can tell why. */
export function recorderImage(tag = 'acme/recorder:2'): MemoryImage {
  const start = service({
    listens: ['554/tcp'],
    greeting: 'RTSP/1.0 200 OK\r\n',
    needs: [
      {
        capability: 'MKNOD',
        complaint: 'recorder: mknod /run/recorder/frame0 failed',
        otherwise: 'exits',
      },
    ],
  });
  return image(
    tag,
    { Env: ['PATH=/usr/bin'], Cmd: ['/usr/bin/recorder'], ExposedPorts: { '554/tcp': {} } },
    { '/usr/bin/recorder': start },
  );
}
