const CONFIG = `set daemon 5
set httpd port 2812
  allow 0.0.0.0/0
check process web matching "busybox"
`;

/** Watches what runs beside it, as root. */
export const service = {
  name: 'monit',
  packages: ['monit'],
  files: { '/etc/monitrc': CONFIG },
  setup: 'chmod 600 /etc/monitrc\n',
  entrypoint: ['monit', '-I', '-c', '/etc/monitrc'],
  async work({ page, expect }) {
    expect((await page(2812)).text, /Monit/);
  },
};
