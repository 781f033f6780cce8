/** Debian's nginx; as the official image: master as root, workers as www-data. */
export const service = {
  name: 'nginx',
  packages: ['nginx-light'],
  files: { '/var/www/html/index.html': 'hello of nginx\n' },
  entrypoint: ['nginx', '-g', 'daemon off;'],
  stopSignal: 'SIGQUIT',
  cases: { '': {}, 'logs-volume': { volumes: { '/var/log/nginx': 'empty' } }, host: { network: 'host' } },
  async work({ page, expect }) {
    expect((await page(80)).text, /hello of nginx/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(500);
  },
};
