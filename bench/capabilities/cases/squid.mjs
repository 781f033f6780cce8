/** Debian's squid with its pinger, which has a file capability. */
export const service = {
  name: 'squid',
  packages: ['squid'],
  setup:
    'sed -i "s/^http_access deny all/http_access allow all/" /etc/squid/squid.conf\necho "shutdown_lifetime 1 seconds" >/etc/squid/conf.d/bench.conf\n',
  entrypoint: ['squid', '-N', '-Y', '-C', '-d', '1'],
  deadline: 15,
  async work({ page, expect }) {
    const { status } = await page(3128, { path: 'http://127.0.0.1:3128/none' });
    expect(String(status), /^[2-5]\d\d$/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(500);
  },
};
