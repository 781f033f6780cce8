/** What people start in a minute: as root, at port 80. */
export const service = {
  name: 'python-http',
  packages: ['python3-minimal', 'libpython3-stdlib'],
  files: { '/srv/www/index.html': 'hello of python\n' },
  init: true,
  entrypoint: ['python3', '-m', 'http.server', '80', '--directory', '/srv/www'],
  async work({ page, expect }) {
    expect((await page(80)).text, /hello of python/);
  },
};
