/** Mail for users of this machine by one program that is setuid root. */
export const service = {
  name: 'exim4',
  packages: ['exim4-daemon-light'],
  setup: `useradd -m joe
sed -i "s/^dc_local_interfaces=.*/dc_local_interfaces=''/; s/^dc_other_hostnames=.*/dc_other_hostnames='bench.test'/" \\
  /etc/exim4/update-exim4.conf.conf
echo bench.test >/etc/mailname
echo 'MAIN_HOST_LOOKUP = 255.255.255.255' >/etc/exim4/exim4.conf.localmacros
update-exim4.conf
`,
  entrypoint: ['exim4', '-bdf', '-q15m'],
  deadline: 12,
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
};
