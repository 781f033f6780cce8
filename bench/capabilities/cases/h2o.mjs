const CONFIG = `user: www-data
listen:
  port: 80
hosts:
  default:
    paths:
      /:
        file.dir: /srv/www
`;

/** A web server that becomes the user of its configuration. */
export const service = {
  name: 'h2o',
  packages: ['h2o'],
  files: { '/etc/h2o.conf': CONFIG, '/srv/www/index.html': 'hello of h2o\n' },
  entrypoint: ['h2o', '-m', 'worker', '-c', '/etc/h2o.conf'],
  async work({ page, expect }) {
    expect((await page(80)).text, /hello of h2o/);
  },
};
