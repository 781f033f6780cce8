const CONFIG = `global
  chroot /var/lib/haproxy
  user haproxy
  group haproxy
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend web
  bind :80
  http-request return status 200 content-type text/plain string "hello of haproxy"
`;

/** Started as root it chroots and becomes haproxy; the official image since 2.4 starts as haproxy. */
export const service = {
  name: 'haproxy',
  packages: ['haproxy'],
  files: {
    '/etc/haproxy/haproxy.cfg': CONFIG,
    '/etc/haproxy/user.cfg': CONFIG.replace(/ {2}(chroot|user|group) .*\n/g, ''),
  },
  entrypoint: ['haproxy', '-W', '-db', '-f'],
  command: ['/etc/haproxy/haproxy.cfg'],
  stopSignal: 'SIGUSR1',
  cases: {
    root: {},
    'root-host': { network: 'host' },
    'as-user': { user: 'haproxy', command: ['/etc/haproxy/user.cfg'] },
  },
  async work({ page, expect }) {
    expect((await page(80)).text, /hello of haproxy/);
  },
  async reload({ signal, sleep }) {
    await signal('USR2');
    await sleep(800);
  },
};
