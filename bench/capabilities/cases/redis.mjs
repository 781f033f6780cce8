/** As the official image: the entrypoint takes over its data and becomes redis. */
export const service = {
  name: 'redis',
  packages: ['redis-server'],
  files: {
    '/entrypoint': `#!/bin/sh
set -e
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \\! -user redis -exec chown redis '{}' +
  exec setpriv --reuid redis --regid redis --init-groups "$0" "$@"
fi
um="$(umask)"
[ "$um" = 0022 ] && umask 0077
exec "$@"
`,
  },
  setup: 'mkdir -p /data && chown redis:redis /data\n',
  entrypoint: ['sh', '-c', 'cd /data && exec /entrypoint "$@"', 'sh'],
  command: ['redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--appendonly', 'yes'],
  cases: {
    first: { volumes: { '/data': 'empty' } },
    reuse: { volumes: { '/data': 'initialised' } },
    'bind-root': { volumes: { '/data': 'bind root-owned' } },
    'bind-foreign': { volumes: { '/data': 'bind foreign-owned' } },
    'as-user': { volumes: { '/data': 'initialised' }, user: 'redis' },
  },
  async work({ talk, sleep }) {
    await talk(6379, ['PING\r\n', /\+PONG/, 'SET color green\r\n', /\+OK/, 'GET color\r\n', /green/]);
    await talk(6379, ['BGREWRITEAOF\r\n', /\+Background/]);
    await sleep(200);
  },
};
