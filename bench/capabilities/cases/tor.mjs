/** A SOCKS proxy that becomes debian-tor. */
export const service = {
  name: 'tor',
  packages: ['tor'],
  files: {
    '/etc/tor/torrc': 'User debian-tor\nSocksPort 0.0.0.0:9050\nDataDirectory /var/lib/tor\nLog notice stdout\n',
  },
  entrypoint: ['tor', '-f', '/etc/tor/torrc', '--defaults-torrc', '/dev/null'],
  cases: { '': {}, reuse: { volumes: { '/var/lib/tor': 'initialised' } } },
  async work({ talk }) {
    await talk(9050, [Buffer.from([5, 1, 0]), /\x05\x00/]);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(300);
  },
};
