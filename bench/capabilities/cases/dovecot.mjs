const CONFIG = `protocols = imap
listen = *
ssl = no
disable_plaintext_auth = no
log_path = /dev/stderr
mail_location = maildir:~/Maildir
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/srv/mail/%u
}
`;

/** IMAP: a master as root, login processes in a chroot, mail as vmail. */
export const service = {
  name: 'dovecot',
  packages: ['dovecot-imapd'],
  files: { '/etc/dovecot/dovecot.conf': CONFIG },
  setup: 'useradd -r vmail && install -d -o vmail -g vmail /srv/mail\n',
  entrypoint: ['dovecot', '-F'],
  async work({ talk }) {
    const mail = 'Subject: hello\r\n\r\nhello\r\n';
    await talk(143, [
      ...[/OK/, 'a login joe secret\r\n', /a OK/, `b append inbox {${mail.length}}\r\n`, /\+/, `${mail}\r\n`, /b OK/],
      ...['c select inbox\r\n', /c OK/, 'd fetch 1 body[]\r\n', /hello/, /d OK/],
    ]);
  },
  async reload({ exec, sleep }) {
    await exec('doveadm reload');
    await sleep(700);
  },
};
