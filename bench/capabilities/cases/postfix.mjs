/** Mail for users of this machine: its programs run in a chroot as postfix, and deliver as the user. */
export const service = {
  name: 'postfix',
  packages: ['postfix'],
  setup: `useradd -m joe
postconf -e maillog_file=/dev/stdout myhostname=bench.test mydestination=bench.test,localhost inet_interfaces=all
postconf -e inet_protocols=ipv4 mynetworks=0.0.0.0/0 smtpd_peername_lookup=no compatibility_level=3.6
newaliases
cp /etc/services /etc/hosts /etc/nsswitch.conf /var/spool/postfix/etc/ 2>/dev/null || :
`,
  entrypoint: ['postfix', 'start-fg'],
  deadline: 15,
  async work({ talk, exec, sleep }) {
    const mark = `mark-${Date.now()}`;
    await talk(25, [
      ...[/^220/, 'EHLO client\r\n', /250 /, 'MAIL FROM:<a@bench.test>\r\n', /250 /, 'RCPT TO:<joe@bench.test>\r\n'],
      ...[/250 /, 'DATA\r\n', /354/, `Subject: ${mark}\r\n\r\nhello\r\n.\r\n`, /250 /, 'QUIT\r\n', /221/],
    ]);
    for (let tries = 0; tries < 12; tries++) {
      await sleep(250);
      if ((await exec('cat /var/mail/joe 2>/dev/null || :', 'joe')).includes(mark)) return;
    }
    throw new Error('the mail was not delivered');
  },
  async reload({ exec, sleep }) {
    await exec('postfix reload');
    await sleep(500);
  },
};
