/** Keeps what it needs by its own capset when it drops root. */
export const service = {
  name: 'dnsmasq',
  packages: ['dnsmasq-base'],
  entrypoint: ['dnsmasq', '-k', '--no-resolv', '--no-hosts', '--address=/bench.test/10.1.2.3', '--log-facility=-'],
  async work({ lookUp, expect }) {
    expect(await lookUp(53, 'bench.test'), /^10\.1\.2\.3$/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(300);
  },
};
