const POOL = `[www]
user = www-data
group = www-data
listen = 0.0.0.0:9000
pm = static
pm.max_children = 2
ping.path = /ping
`;
const PAIRS = { SCRIPT_NAME: '/ping', SCRIPT_FILENAME: '/ping', REQUEST_METHOD: 'GET' };
const record = (type, bytes) => Buffer.concat([Buffer.from([1, type, 0, 1, 0, bytes.length, 0, 0]), bytes]);
const pairs = Object.entries(PAIRS).map(([key, value]) =>
  Buffer.from([key.length, value.length, ...Buffer.from(key + value)]),
);
const QUESTION = Buffer.concat([
  record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
  record(4, Buffer.concat(pairs)),
  record(4, Buffer.alloc(0)),
  record(5, Buffer.alloc(0)),
]);

/** The master stays root, and stops its workers, who are www-data. */
export const service = {
  name: 'php-fpm',
  packages: ['php8.2-fpm'],
  files: { '/etc/php/8.2/fpm/pool.d/www.conf': POOL },
  setup: 'install -d /run/php\n',
  entrypoint: ['php-fpm8.2', '-F', '-O'],
  stopSignal: 'SIGQUIT',
  async work({ talk }) {
    await talk(9000, [QUESTION, /pong/]);
  },
  async reload({ signal, sleep }) {
    await signal('USR2');
    await sleep(800);
  },
};
