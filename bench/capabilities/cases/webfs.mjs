/** A web server that becomes www-data by its own flags. */
export const service = {
  name: 'webfs',
  packages: ['webfs'],
  files: { '/srv/www/index.html': 'hello of webfs\n' },
  init: true,
  entrypoint: ['webfsd', '-F', '-p', '80', '-r', '/srv/www', '-f', 'index.html', '-u', 'www-data', '-g', 'www-data'],
  async work({ page, expect }) {
    expect((await page(80)).text, /hello of webfs/);
  },
};
