/** A service as it fails when one capability is missing, and what the gate must make of that. */
export interface GateService {
  readonly name: string;
  /** The capability it cannot do without. */
  readonly lacks: string;
  /** What else it needs. */
  readonly needs: readonly string[];
  /** Its scripts, by their path; `/srv/start` is run. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Copies of busybox that have a capability from their file: path and attributes. */
  readonly programs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Words for `docker run`. */
  readonly options?: readonly string[];
  readonly because: RegExp;
}

const SERVE = "trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait";

/** Stand-ins made of busybox: each fails as a well-known service does (capabilities.md §13), and hardly any says a word of it. */
export const GATE_SERVICES: readonly GateService[] = [
  {
    name: 'workers that stay root when they cannot change user (Apache without SETGID)',
    lacks: 'SETGID',
    needs: ['SETUID'],
    scripts: {
      '/srv/start': `trap 'exit 0' TERM; { httpd -f -p 80 -h /www -u www 2>/dev/null || exec httpd -f -p 80 -h /www; } & wait`,
    },
    because: /httpd runs as root now, and ran as 33:33/,
  },
  {
    name: 'a first start that leaves what the next one cannot read (postgres without DAC_OVERRIDE)',
    lacks: 'DAC_OVERRIDE',
    needs: ['CHOWN'],
    scripts: {
      '/srv/start': `if [ -d /pg ]; then find /pg >/dev/null 2>&1 || exit 1; else mkdir /pg; chmod 700 /pg; chown www /pg; fi; ${SERVE}`,
    },
    because: /the new container (exited with code 1|does not stay up)/,
  },
  {
    name: 'a parent that cannot tell its children to end (php-fpm without KILL)',
    lacks: 'KILL',
    needs: ['SETGID', 'SETUID'],
    options: ['--stop-timeout', '4'],
    scripts: {
      '/srv/start': `su -s /bin/sh www -c 'exec sleep 99999' & child=$!; trap 'kill $child 2>/dev/null; wait $child; exit 0' TERM; httpd -f -p 80 -h /www & wait`,
    },
    because: /takes \d\.\d s to stop, and the old one took \d\.\d s|ends with code 137, and the old one with 0/,
  },
  {
    name: 'a helper that gives up while its parent serves (squid without NET_RAW)',
    lacks: 'NET_RAW',
    needs: [],
    scripts: {
      '/srv/pinger':
        'traceroute -n -I -m 1 -q 1 -w 1 127.0.0.1 >/dev/null 2>&1 || exit 1; while :; do sleep 9999; done',
      '/srv/start': `/srv/pinger & ${SERVE}`,
    },
    because: /pinger as 0:0.* ran before and does not run now/,
  },
  {
    name: 'a worker that is started again and again (s6 without SYS_CHROOT)',
    lacks: 'SYS_CHROOT',
    needs: [],
    scripts: {
      '/srv/worker': 'sleep 1; chroot / true 2>/dev/null || exit 1; while :; do sleep 9999; done',
      '/srv/start': `while :; do /srv/worker; done & ${SERVE}`,
    },
    because: /worker as 0:0.* (does not stay up|ran before)/,
  },
  {
    name: 'a program that asks for what it never uses (chrony without NET_BIND_SERVICE)',
    lacks: 'NET_BIND_SERVICE',
    needs: [],
    scripts: {
      '/srv/start': `trap 'exit 0' TERM; setpriv --inh-caps +net_bind_service httpd -f -p 80 -h /www 2>/dev/null & wait $!; exit 1`,
    },
    because: /exited with code 1|does not stay up|nothing (answers|listens)/,
  },
  {
    name: 'a program that has a capability from its file (caddy without NET_BIND_SERVICE)',
    lacks: 'NET_BIND_SERVICE',
    needs: [],
    // The second revision of the attribute: cap_net_bind_service=ep.
    programs: {
      '/srv/httpd': { 'SCHILY.xattr.security.capability': '\u0001\0\0\u0002\0\u0004\0\0\0\0\0\0\0\0\0\0\0\0\0\0' },
    },
    options: ['--stop-timeout', '1'],
    scripts: { '/srv/start': 'exec /srv/httpd -f -p 80 -h /www' },
    because: /exited with code 126.*not permitted|does not stay up.*not permitted/i,
  },
];
