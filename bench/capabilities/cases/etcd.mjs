const HERE = 'http://0.0.0.0:2379';

/** A store that needs nothing but its folder. */
export const service = {
  name: 'etcd',
  packages: ['etcd-server'],
  entrypoint: ['etcd', '--data-dir', '/data', '--listen-client-urls', HERE, '--advertise-client-urls', HERE],
  setup: 'mkdir -m 700 /data\n',
  cases: {
    '': { volumes: { '/data': 'empty' } },
    'bind-foreign': { volumes: { '/data': 'bind foreign-owned' } },
  },
  deadline: 12,
  async work({ page, expect }) {
    const body = JSON.stringify({ key: 'Zm9v', value: 'YmFy' });
    expect((await page(2379, { path: '/v3/kv/put', method: 'POST', body })).text, /revision/);
  },
};
