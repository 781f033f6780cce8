/** Logs a real user in: shut into an empty folder before, that user after. */
export const service = {
  name: 'sshd',
  packages: ['openssh-server'],
  setup: 'mkdir -p /run/sshd && useradd -m -s /bin/sh joe && echo joe:secret | chpasswd\n',
  entrypoint: ['/usr/sbin/sshd', '-D', '-e'],
  async work({ client, expect }) {
    const ssh = 'sshpass -p secret ssh -tt -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null joe@$HOST';
    expect(await client(`${ssh} 'id -un; tty' </dev/null`), /joe[^]*pts/);
  },
};
