const CONFIG = `[global]
  server role = standalone server
  disable netbios = yes
  smb ports = 445
  log file = /var/log/samba/log
  load printers = no
[share]
  path = /srv/share
  read only = no
`;

/** A share with a real user: each connection becomes that user. */
export const service = {
  name: 'samba',
  packages: ['samba'],
  files: { '/etc/samba/smb.conf': CONFIG },
  setup: `useradd joe && install -d -o joe /srv/share
printf 'secret\\nsecret\\n' | smbpasswd -s -a joe >/dev/null
`,
  entrypoint: ['smbd', '--foreground', '--no-process-group', '--debug-stdout'],
  deadline: 12,
  async work({ client, expect }) {
    const words = "smbclient //$HOST/share -U joe%secret -c 'put /etc/hostname a.txt; ls'";
    expect(await client(words), /a\.txt/);
  },
};
