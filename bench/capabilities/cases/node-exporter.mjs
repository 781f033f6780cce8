/** As root; the official image runs it as nobody. */
export const service = {
  name: 'node-exporter',
  packages: ['prometheus-node-exporter'],
  entrypoint: ['prometheus-node-exporter'],
  cases: { '': {}, 'as-user': { runAs: 'nobody' } },
  async work({ page, expect }) {
    expect((await page(9100, { path: '/metrics' })).text, /node_load1/);
  },
};
