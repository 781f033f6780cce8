/** Opens its port and its log as root, then becomes www-data. */
export const service = {
  name: 'lighttpd',
  packages: ['lighttpd'],
  files: { '/var/www/html/index.html': 'hello of lighttpd\n' },
  entrypoint: ['lighttpd', '-D', '-f', '/etc/lighttpd/lighttpd.conf'],
  async work({ page, expect }) {
    expect((await page(80, { path: '/index.html' })).text, /hello of lighttpd/);
  },
};
