/** Listens to everything on its interface, shut into an empty folder as a user of its own. */
export const service = {
  name: 'darkstat',
  packages: ['darkstat'],
  setup: 'mkdir -p /var/lib/darkstat\n',
  init: true,
  entrypoint: [
    'darkstat',
    '--no-daemon',
    '-i',
    'eth0',
    '--no-dns',
    '--chroot',
    '/var/lib/darkstat',
    '--user',
    'nobody',
  ],
  async work({ page, expect }) {
    expect((await page(667)).text, /darkstat/);
  },
};
