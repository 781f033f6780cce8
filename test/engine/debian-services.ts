/** A real service of Debian's, as an official image runs it, and what becomes of it without one capability. */
export interface DebianService {
  readonly name: string;
  /** File among the layers, without `.tar`. */
  readonly layer: string;
  readonly files: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly stopSignal?: string;
  readonly port: string;
  /** With these it serves; without the first of them the gate must stop it. */
  readonly needs: readonly [string, ...string[]];
  readonly because: RegExp;
}

const GREETER = `use IO::Socket::INET; $0 = 'greeter'; my $s = IO::Socket::INET->new(LocalPort => 80, Listen => 5, ReuseAddr => 1) or die $!;
while (my $c = $s->accept) { print $c "hello\\r\\n"; close $c }`;

/** The services of capabilities.md §13 that are not easily played by a stand-in. */
export const DEBIAN_SERVICES: readonly DebianService[] = [
  {
    name: 'apache2 without SETGID',
    layer: 'apache2',
    files: {
      '/entry': `#!/bin/sh
set -e
. /etc/apache2/envvars
rm -f "$APACHE_PID_FILE"
mkdir -p "$APACHE_RUN_DIR" "$APACHE_LOCK_DIR"
chown www-data "$APACHE_LOCK_DIR"
exec apache2 -DFOREGROUND -c 'ServerName test' -c 'ErrorLog /dev/null'
`,
    },
    entrypoint: ['/entry'],
    stopSignal: 'SIGWINCH',
    port: '80',
    needs: ['SETGID', 'SETUID', 'CHOWN'],
    because: /apache2 as 33:33.* ran before; apache2 runs as 0:0/,
  },
  {
    name: 'postgres without DAC_OVERRIDE at its first boot',
    layer: 'postgresql',
    files: {
      '/entry': `#!/bin/sh
set -e
export PGDATA=/pg/data PATH=$PATH:/usr/lib/postgresql/15/bin
if [ "$(id -u)" = 0 ]; then
  mkdir -p /pg && mkdir -p "$PGDATA" /var/run/postgresql
  find "$PGDATA" \\! -user postgres -exec chown postgres '{}' +
  chmod 0700 "$PGDATA" 2>/dev/null || :
  exec setpriv --reuid postgres --regid postgres --init-groups "$0"
fi
[ -s "$PGDATA/PG_VERSION" ] || initdb -N >/dev/null
exec postgres -c listen_addresses=*
`,
    },
    entrypoint: ['/entry'],
    stopSignal: 'SIGINT',
    port: '5432',
    needs: ['DAC_OVERRIDE', 'SETGID', 'SETUID', 'CHOWN'],
    because: /exited with code 1|does not stay up/,
  },
  {
    name: 'php-fpm without KILL',
    layer: 'php-fpm',
    files: {
      '/etc/php/8.2/fpm/pool.d/www.conf':
        '[www]\nuser = www-data\ngroup = www-data\nlisten = 9000\npm = static\npm.max_children = 2\n',
    },
    entrypoint: ['php-fpm8.2', '-F', '-d', 'error_log=/dev/null'],
    stopSignal: 'SIGQUIT',
    port: '9000',
    needs: ['KILL', 'SETGID', 'SETUID', 'CHOWN', 'DAC_OVERRIDE'],
    because: /takes \d+\.\d s to stop, and the old one took \d\.\d s/,
  },
  {
    name: 'squid without NET_RAW',
    layer: 'squid',
    files: { '/etc/squid/conf.d/short.conf': 'shutdown_lifetime 1 seconds\npinger_enable on\n' },
    entrypoint: ['squid', '-N', '-Y', '-C'],
    port: '3128',
    needs: ['NET_RAW', 'SETGID', 'SETUID', 'DAC_OVERRIDE', 'CHOWN'],
    because: /pinger as .* ran before and does not run now/,
  },
  {
    name: 'an entrypoint that gives its program what it does not hold (telegraf without NET_RAW)',
    layer: 's6',
    files: {
      '/greeter.pl': GREETER,
      '/entry': `#!/bin/sh
cp /usr/bin/perl /srv/telegraf
setcap cap_net_raw,cap_net_bind_service+ep /srv/telegraf || echo 'no capabilities'
exec setpriv --reuid 33 --regid 33 --clear-groups /srv/telegraf /greeter.pl
`,
    },
    entrypoint: ['/entry'],
    stopSignal: 'SIGKILL',
    port: '80',
    needs: ['NET_RAW', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETUID'],
    because: /exited with code 1\d\d.*not permitted|does not stay up.*not permitted/i,
  },
  {
    name: 's6 with a worker that cannot change its group',
    layer: 's6',
    files: {
      '/greeter.pl': GREETER,
      '/svc/web/run': '#!/bin/sh\nexec perl /greeter.pl\n',
      '/svc/worker/run': '#!/bin/sh\nexec 2>/dev/null\nexec s6-setuidgid www-data sleep 99999\n',
    },
    entrypoint: ['s6-svscan', '/svc'],
    port: '80',
    // Its supervisor is root, and has to end what is not.
    needs: ['SETGID', 'SETUID', 'KILL'],
    because: /sleep as 33:33.* ran before/,
  },
  {
    name: 'chrony without the NET_BIND_SERVICE that it declares',
    layer: 'chrony',
    files: { '/etc/chrony/chrony.conf': 'local stratum 8\nallow\ndriftfile /var/lib/chrony/chrony.drift\n' },
    entrypoint: ['chronyd', '-d', '-x', '-u', '_chrony'],
    port: '123/udp',
    needs: ['NET_BIND_SERVICE', 'SETGID', 'SETUID', 'CHOWN', 'DAC_OVERRIDE'],
    because: /cap_set_proc|exited with code 1|does not stay up/,
  },
];
