/** As linuxserver's images: a user is given the ids that were asked for, folders are taken over, s6 keeps the program alive. */
export const service = {
  name: 's6',
  packages: ['s6', 'execline', 'busybox'],
  files: {
    '/srv/www/index.html': 'hello of s6\n',
    '/etc/services/web/run': '#!/bin/sh\nexec s6-setuidgid abc busybox httpd -f -p 8080 -h /srv/www\n',
    '/init': `#!/bin/sh
set -e
groupmod -o -g "$PGID" abc
usermod -o -u "$PUID" abc
chown abc:abc /config
exec s6-svscan /etc/services
`,
  },
  setup: 'useradd -r -U -d /config abc && mkdir -p /config\n',
  env: { PUID: '1000', PGID: '1000' },
  entrypoint: ['/init'],
  cases: { '': { volumes: { '/config': 'empty' } }, 'bind-foreign': { volumes: { '/config': 'bind foreign-owned' } } },
  async work({ page, expect }) {
    expect((await page(8080, { path: '/index.html' })).text, /hello of s6/);
  },
  async reload({ exec, sleep }) {
    await exec('s6-svc -r /etc/services/web');
    await sleep(1200);
  },
};
