const ZONE = '$TTL 60\n@ SOA ns root 1 60 60 60 60\n@ NS ns\n@ A 10.1.2.3\nns A 10.1.2.4\n';

/** PowerDNS's server with zones from files. */
export const service = {
  name: 'pdns-server',
  packages: ['pdns-server', 'pdns-backend-bind'],
  files: {
    '/etc/powerdns/bench.zone': ZONE,
    '/etc/powerdns/named.conf': 'zone "bench.test" { type master; file "/etc/powerdns/bench.zone"; };\n',
    '/etc/powerdns/pdns.conf': [
      ['daemon=no', 'guardian=no', 'disable-syslog=yes', 'launch=bind', 'bind-config=/etc/powerdns/named.conf'],
      ['setuid=pdns', 'setgid=pdns', 'local-address=0.0.0.0', 'socket-dir=/run/pdns', ''],
    ]
      .flat()
      .join('\n'),
  },
  setup: 'install -d -o pdns -g pdns /run/pdns && rm -rf /etc/powerdns/pdns.d\n',
  entrypoint: ['pdns_server'],
  init: true,
  async work({ lookUp, expect }) {
    expect(await lookUp(53, 'bench.test'), /^10\.1\.2\.3$/);
  },
};
