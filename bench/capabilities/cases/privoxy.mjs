/** A proxy that drops root by its own flag. */
export const service = {
  name: 'privoxy',
  packages: ['privoxy'],
  setup:
    'sed -i "s/^listen-address.*127.*/listen-address 0.0.0.0:8118/; /^listen-address.*::1/d" /etc/privoxy/config\n',
  entrypoint: ['privoxy', '--no-daemon', '--user', 'privoxy', '/etc/privoxy/config'],
  async work({ page, expect }) {
    expect((await page(8118, { path: 'http://config.privoxy.org/show-status' })).text, /Privoxy/);
  },
};
