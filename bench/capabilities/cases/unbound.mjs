const CONFIG = `server:
  interface: 0.0.0.0
  access-control: 0.0.0.0/0 allow
  chroot: ""
  use-syslog: no
  logfile: ""
  module-config: iterator
  local-zone: "bench.test." static
  local-data: "bench.test. A 10.1.2.3"
`;

/** Binds as root, then becomes unbound; a second case with its chroot. */
export const service = {
  name: 'unbound',
  packages: ['unbound'],
  files: { '/etc/unbound/unbound.conf': CONFIG, '/etc/unbound/chroot.conf': CONFIG.replace('""', '"/etc/unbound"') },
  entrypoint: ['unbound', '-d', '-c'],
  command: ['/etc/unbound/unbound.conf'],
  cases: { '': {}, chroot: { command: ['/etc/unbound/chroot.conf'] } },
  async work({ lookUp, expect }) {
    expect(await lookUp(53, 'bench.test'), /^10\.1\.2\.3$/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(500);
  },
};
