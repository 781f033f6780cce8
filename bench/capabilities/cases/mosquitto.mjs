const ENTRYPOINT = `#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
  [ -d /mosquitto/data ] && chown -R mosquitto:mosquitto /mosquitto || true
fi
exec "$@"
`;

/** As the official image: the entrypoint takes over its data if it can, mosquitto drops root by itself. */
export const service = {
  name: 'mosquitto',
  packages: ['mosquitto'],
  files: {
    '/entrypoint': ENTRYPOINT,
    '/mosquitto.conf': [
      ['listener 1883', 'allow_anonymous true', 'persistence true', 'persistence_location /mosquitto/data/'],
      ['user mosquitto', 'log_dest stdout', ''],
    ]
      .flat()
      .join('\n'),
  },
  setup: 'install -d -o mosquitto -g mosquitto /mosquitto/data\n',
  entrypoint: ['/entrypoint'],
  command: ['mosquitto', '-c', '/mosquitto.conf'],
  cases: {
    first: { volumes: { '/mosquitto/data': 'empty' } },
    reuse: { volumes: { '/mosquitto/data': 'initialised' } },
    'bind-foreign': { volumes: { '/mosquitto/data': 'bind foreign-owned' } },
  },
  async work({ client, expect }) {
    const words = 'mosquitto_pub -h $HOST -q 1 -t a/b -m hello -r && mosquitto_sub -h $HOST -t a/b -C 1 -W 3';
    expect(await client(words), /hello/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await signal('USR1');
    await sleep(300);
  },
};
