/** A calendar that never is root. */
export const service = {
  name: 'radicale',
  packages: ['radicale'],
  files: {
    '/etc/radicale/config':
      '[server]\nhosts = 0.0.0.0:5232\n[auth]\ntype = none\n[storage]\nfilesystem_folder = /tmp/r\n',
  },
  user: 'radicale',
  init: true,
  entrypoint: ['radicale'],
  async work({ page, expect }) {
    expect(String((await page(5232, { path: '/.web/' })).status), /^[23]/);
  },
};
