/** Its files belong to freerad, who it becomes. */
export const service = {
  name: 'freeradius',
  packages: ['freeradius'],
  setup: `printf 'client all {\\n ipaddr = 0.0.0.0/0\\n secret = testing123\\n}\\n' >>/etc/freeradius/3.0/clients.conf
sed -i '1i joe Cleartext-Password := "secret"' /etc/freeradius/3.0/mods-config/files/authorize
install -d -o freerad -g freerad /run/freeradius
`,
  entrypoint: ['freeradius', '-f', '-l', 'stdout'],
  deadline: 12,
  async work({ client, expect }) {
    expect(await client('radtest -t pap joe secret $HOST 0 testing123'), /Access-Accept/);
  },
};
