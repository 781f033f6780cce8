/** Starts a program for each connection as the user of its line. */
export const service = {
  name: 'inetd',
  packages: ['openbsd-inetd', 'netbase'],
  files: { '/etc/inetd.conf': '7 stream tcp nowait nobody /bin/cat cat\n' },
  init: true,
  entrypoint: ['/usr/sbin/inetd', '-i'],
  async work({ talk }) {
    await talk(7, ['hello\n', /hello/]);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(300);
  },
};
