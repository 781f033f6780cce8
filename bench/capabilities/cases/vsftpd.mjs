const CONFIG = [
  ['listen=YES', 'background=NO', 'local_enable=YES', 'write_enable=YES', 'chroot_local_user=YES'],
  ['allow_writeable_chroot=YES', 'pasv_min_port=49152', 'pasv_max_port=49200', 'seccomp_sandbox=NO', ''],
]
  .flat()
  .join('\n');

/** FTP that is shut into an empty folder until somebody logs in. */
export const service = {
  name: 'vsftpd',
  packages: ['vsftpd'],
  files: { '/etc/vsftpd.conf': CONFIG },
  setup: 'useradd -m -s /bin/bash joe && echo joe:secret | chpasswd\nmkdir -p /var/run/vsftpd/empty\n',
  init: true,
  entrypoint: ['vsftpd', '/etc/vsftpd.conf'],
  async work({ client, expect }) {
    const ftp = 'curl -sS --max-time 8 -u joe:secret';
    await client(`echo hello >/tmp/up && ${ftp} -T /tmp/up ftp://$HOST/up.txt`);
    expect(await client(`${ftp} ftp://$HOST/up.txt`), /hello/);
  },
};
