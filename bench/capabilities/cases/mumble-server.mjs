/** A voice server that changes its user by its own configuration. */
export const service = {
  name: 'mumble-server',
  packages: ['mumble-server'],
  setup: 'sed -i "s/^;*uname=.*/uname=mumble-server/" /etc/mumble-server.ini\n',
  entrypoint: ['/usr/sbin/murmurd', '-fg', '-ini', '/etc/mumble-server.ini'],
  deadline: 20,
  async work({ client, expect }) {
    expect(await client('echo | timeout 5 openssl s_client -connect $HOST:64738 2>&1 | head -40'), /CONNECTED/);
  },
};
