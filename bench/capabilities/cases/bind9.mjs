const ZONE = '$TTL 60\n@ SOA ns root 1 60 60 60 60\n@ NS ns\n@ A 10.1.2.3\nns A 10.1.2.4\n';

/** As isc's image: named drops root; the operator reloads it with rndc, whose key belongs to bind. */
export const service = {
  name: 'bind9',
  packages: ['bind9', 'bind9-utils'],
  files: {
    '/etc/bind/bench.zone': ZONE,
    '/etc/bind/named.conf.local': 'zone "bench.test" { type master; file "/etc/bind/bench.zone"; };\n',
    '/etc/bind/named.conf.options': 'options { directory "/var/cache/bind"; recursion no; listen-on { any; }; };\n',
  },
  setup: 'install -d -o root -g bind -m 775 /run/named\n',
  entrypoint: ['named', '-g', '-4', '-u', 'bind'],
  async work({ lookUp, expect }) {
    expect(await lookUp(53, 'bench.test'), /^10\.1\.2\.3$/);
  },
  async reload({ exec, sleep }) {
    await exec('rndc reload');
    await sleep(300);
  },
};
