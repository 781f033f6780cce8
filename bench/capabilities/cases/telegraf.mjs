/** As telegraf's entrypoint: it gives its program file capabilities if it can, then drops root. */
export const service = {
  name: 'telegraf',
  packages: ['busybox', 'libcap2-bin'],
  files: {
    '/srv/www/index.html': 'hello of telegraf\n',
    '/entrypoint': `#!/bin/sh
set -e
setcap cap_net_raw,cap_net_bind_service+ep /usr/local/bin/httpd || echo 'no capabilities for httpd'
exec setpriv --reuid www-data --init-groups "$@"
`,
  },
  setup: 'cp /bin/busybox /usr/local/bin/httpd\n',
  init: true,
  entrypoint: ['/entrypoint'],
  command: ['httpd', '-f', '-p', '8080', '-h', '/srv/www'],
  async work({ page, expect }) {
    expect((await page(8080, { path: '/index.html' })).text, /hello of telegraf/);
  },
};
