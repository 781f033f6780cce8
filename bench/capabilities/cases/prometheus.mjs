/** As the official image: it never is root. */
export const service = {
  name: 'prometheus',
  packages: ['prometheus'],
  setup: 'install -d -o prometheus -g prometheus /var/lib/prometheus && chown prometheus: /var/lib/prometheus\n',
  user: 'prometheus',
  entrypoint: ['prometheus', '--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/var/lib/prometheus'],
  cases: { '': {}, 'with-volume': { volumes: { '/var/lib/prometheus': 'empty' } } },
  async work({ page, expect }) {
    expect((await page(9090, { path: '/-/ready' })).text, /Ready/i);
    expect((await page(9090, { path: '/api/v1/query?query=vector(7)' })).text, /success/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(300);
  },
};
