const CONFIG = `[Global]
Name = irc.bench.test
Info = bench
Listen = 0.0.0.0
Ports = 6667
ServerUID = irc
ServerGID = irc
[Options]
PAM = no
Ident = no
DNS = no
`;

/** Chat for those who know its port; it drops root. */
export const service = {
  name: 'ngircd',
  packages: ['ngircd'],
  files: { '/etc/ngircd/ngircd.conf': CONFIG },
  entrypoint: ['ngircd', '-n'],
  async work({ talk }) {
    await talk(6667, ['NICK joe\r\nUSER joe 0 * :joe\r\n', / 001 joe/, 'JOIN #shop\r\n', /JOIN :#shop/]);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(300);
  },
};
