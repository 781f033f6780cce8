/** A proxy that drops root. */
export const service = {
  name: 'tinyproxy',
  packages: ['tinyproxy-bin'],
  files: {
    '/etc/tinyproxy/tinyproxy.conf':
      'User nobody\nGroup nogroup\nPort 8888\nTimeout 60\nStatHost "stats.test"\nDefaultErrorFile "/e"\nMaxClients 10\n',
  },
  entrypoint: ['tinyproxy', '-d', '-c', '/etc/tinyproxy/tinyproxy.conf'],
  async work({ page, expect }) {
    expect((await page(8888, { path: 'http://stats.test/', headers: { host: 'stats.test' } })).text, /tinyproxy/i);
  },
};
