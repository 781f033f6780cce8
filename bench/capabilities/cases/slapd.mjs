/** A directory that drops root by its own flags. */
export const service = {
  name: 'slapd',
  packages: ['slapd'],
  setup: 'install -d -o openldap -g openldap /var/run/slapd\n',
  entrypoint: ['slapd', '-h', 'ldap:///', '-u', 'openldap', '-g', 'openldap', '-F', '/etc/ldap/slapd.d', '-d', '0'],
  cases: { '': {}, reuse: { volumes: { '/var/lib/ldap': 'initialised' } } },
  async work({ client, expect }) {
    expect(await client('ldapsearch -x -H ldap://$HOST -b "" -s base namingContexts'), /namingContexts: dc=/);
  },
};
