const CONFIG = `defaults
{
}
service echo
{
  type = UNLISTED
  port = 7
  socket_type = stream
  protocol = tcp
  wait = no
  user = nobody
  group = nogroup
  server = /bin/cat
}
`;

/** Starts a program for each connection as the user of its entry. */
export const service = {
  name: 'xinetd',
  packages: ['xinetd'],
  files: { '/etc/xinetd.conf': CONFIG },
  init: true,
  entrypoint: ['xinetd', '-dontfork'],
  async work({ talk }) {
    await talk(7, ['hello\n', /hello/]);
  },
};
