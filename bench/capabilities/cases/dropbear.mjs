/** Logs a real user in. */
export const service = {
  name: 'dropbear',
  packages: ['dropbear-bin'],
  setup: 'mkdir -p /etc/dropbear && useradd -m -s /bin/sh joe && echo joe:secret | chpasswd\n',
  entrypoint: ['dropbear', '-F', '-E', '-R'],
  async work({ client, expect }) {
    const ssh = 'sshpass -p secret ssh -tt -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null joe@$HOST';
    expect(await client(`${ssh} 'id -un; tty' </dev/null`), /joe[^]*pts/);
  },
};
