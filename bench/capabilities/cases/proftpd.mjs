const CONFIG = `ServerName bench
ServerType standalone
Port 21
UseIPv6 off
UseReverseDNS off
WtmpLog off
User proftpd
Group nogroup
DefaultRoot ~
PassivePorts 49152 49200
RequireValidShell off
DefaultServer on
AllowOverwrite on
`;

/** FTP with real users, each shut into a home of their own. */
export const service = {
  name: 'proftpd',
  packages: ['proftpd-core'],
  files: { '/etc/proftpd/proftpd.conf': CONFIG },
  setup: 'useradd -m joe && echo joe:secret | chpasswd\n',
  entrypoint: ['proftpd', '-n'],
  async work({ client, expect }) {
    const ftp = 'curl -sS --max-time 8 -u joe:secret';
    await client(`echo hello >/tmp/up && ${ftp} -T /tmp/up ftp://$HOST/up.txt`);
    expect(await client(`${ftp} ftp://$HOST/up.txt`), /hello/);
  },
};
