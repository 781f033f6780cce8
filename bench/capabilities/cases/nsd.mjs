const ZONE = '$TTL 60\n@ SOA ns root 1 60 60 60 60\n@ NS ns\n@ A 10.1.2.3\nns A 10.1.2.4\n';
const CONFIG = `server:
  ip-address: 0.0.0.0
  username: nsd
  zonesdir: "/etc/nsd"
  pidfile: ""
  xfrdir: "/tmp"
remote-control:
  control-enable: no
zone:
  name: bench.test
  zonefile: bench.zone
`;

/** A name server with a parent and children that all drop root. */
export const service = {
  name: 'nsd',
  packages: ['nsd'],
  files: { '/etc/nsd/bench.zone': ZONE, '/etc/nsd/nsd.conf': CONFIG },
  entrypoint: ['nsd', '-d'],
  async work({ lookUp, expect }) {
    expect(await lookUp(53, 'bench.test'), /^10\.1\.2\.3$/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(500);
  },
};
