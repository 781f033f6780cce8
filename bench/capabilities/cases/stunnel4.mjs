const CONFIG = `foreground = yes
setuid = stunnel4
setgid = stunnel4
[echo]
accept = 993
cert = /etc/stunnel/bench.pem
exec = /bin/cat
execArgs = cat
`;

/** TLS in front of a program; it reads its key as root and drops root. */
export const service = {
  name: 'stunnel4',
  packages: ['stunnel4'],
  files: { '/etc/stunnel/stunnel.conf': CONFIG },
  setup: `cd /etc/stunnel
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=bench -keyout key.pem -out cert.pem 2>/dev/null
cat key.pem cert.pem >bench.pem && chmod 600 *.pem
`,
  entrypoint: ['stunnel4', '/etc/stunnel/stunnel.conf'],
  async work({ talk }) {
    await talk(993, ['hello\n', /hello/], { secure: true });
  },
};
