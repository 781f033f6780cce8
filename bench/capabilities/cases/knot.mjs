const ZONE = '$TTL 60\n@ SOA ns root 1 60 60 60 60\n@ NS ns\n@ A 10.1.2.3\nns A 10.1.2.4\n';
const CONFIG = `server:
  rundir: /run/knot
  user: knot:knot
  listen: 0.0.0.0@53
log:
  - target: stdout
    any: info
database:
  storage: /var/lib/knot
zone:
  - domain: bench.test
    storage: /var/lib/knot
    file: bench.zone
`;

/** Started as root it becomes knot; its control socket is used by the operator. */
export const service = {
  name: 'knot',
  packages: ['knot'],
  files: { '/var/lib/knot/bench.zone': ZONE, '/etc/knot/knot.conf': CONFIG },
  setup: 'install -d -o knot -g knot /run/knot && chown -R knot:knot /var/lib/knot\n',
  entrypoint: ['knotd'],
  async work({ lookUp, expect }) {
    expect(await lookUp(53, 'bench.test'), /^10\.1\.2\.3$/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(500);
  },
};
