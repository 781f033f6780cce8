/** A resolver that drops root and keeps a zone of its own. */
export const service = {
  name: 'pdns-recursor',
  packages: ['pdns-recursor'],
  files: {
    '/etc/powerdns/bench.zone': '$TTL 60\n@ SOA ns root 1 60 60 60 60\n@ NS ns\n@ A 10.1.2.3\nns A 10.1.2.4\n',
    '/etc/powerdns/recursor.conf': [
      [
        'daemon=no',
        'disable-syslog=yes',
        'local-address=0.0.0.0',
        'allow-from=0.0.0.0/0',
        'setuid=pdns',
        'setgid=pdns',
      ],
      ['auth-zones=bench.test=/etc/powerdns/bench.zone', 'socket-dir=/run', ''],
    ]
      .flat()
      .join('\n'),
  },
  init: true,
  entrypoint: ['pdns_recursor'],
  async work({ lookUp, expect }) {
    expect(await lookUp(53, 'bench.test'), /^10\.1\.2\.3$/);
  },
};
