/** A milter that becomes another user, and reads its key before. */
export const service = {
  name: 'opendkim',
  packages: ['opendkim', 'opendkim-tools'],
  setup: `mkdir -p /etc/dkimkeys /run/opendkim && cd /etc/dkimkeys && opendkim-genkey -s mail -d bench.test
printf 'UserID opendkim\\nSocket inet:8891@0.0.0.0\\nDomain bench.test\\nSelector mail\\nKeyFile /etc/dkimkeys/mail.private\\nPidFile /run/opendkim/opendkim.pid\\n' >/etc/opendkim.conf
chown -R opendkim:opendkim /etc/dkimkeys /run/opendkim
`,
  entrypoint: ['opendkim', '-f', '-x', '/etc/opendkim.conf'],
  deadline: 15,
  async work({ client, expect }) {
    expect(await client('timeout 3 bash -c "exec 3<>/dev/tcp/$HOST/8891 && echo open"'), /open/);
  },
};
