/** As caddy's image: the program carries NET_BIND_SERVICE in its file, and does not start where that cannot be had. */
export const service = {
  name: 'filecap',
  packages: ['busybox', 'libcap2-bin'],
  files: { '/srv/www/index.html': 'hello of filecap\n' },
  setup: 'cp /bin/busybox /usr/local/bin/httpd && setcap cap_net_bind_service=+ep /usr/local/bin/httpd\n',
  init: true,
  entrypoint: ['httpd', '-f', '-p', '8080', '-h', '/srv/www'],
  cases: { root: {}, 'as-user': { user: 'www-data' } },
  async work({ page, expect }) {
    expect((await page(8080, { path: '/index.html' })).text, /hello of filecap/);
  },
};
