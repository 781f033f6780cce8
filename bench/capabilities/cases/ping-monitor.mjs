/** As many status pages: a page that says whether a ping came back; Debian's ping has a file capability. */
export const service = {
  name: 'ping-monitor',
  packages: ['busybox', 'iputils-ping'],
  files: {
    '/srv/www/cgi-bin/status': `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
ping -c 1 -W 1 127.0.0.1 >/dev/null && echo up || echo down
`,
  },
  init: true,
  entrypoint: ['busybox', 'httpd', '-f', '-p', '8080', '-h', '/srv/www'],
  cases: { root: {}, 'as-user': { user: 'nobody' } },
  async work({ page, expect }) {
    expect((await page(8080, { path: '/cgi-bin/status' })).text, /up/);
  },
};
