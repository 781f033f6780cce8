/** Reads the kernel as root when it starts, then becomes Debian-snmp. */
export const service = {
  name: 'snmpd',
  packages: ['snmpd'],
  files: { '/etc/snmp/snmpd.conf': 'agentAddress udp:161\nrocommunity public\nsysName bench\n' },
  entrypoint: ['snmpd', '-f', '-Lo', '-u', 'Debian-snmp', '-g', 'Debian-snmp'],
  async work({ client, expect }) {
    expect(await client('snmpget -t 1 -v2c -c public $HOST 1.3.6.1.2.1.1.5.0'), /bench/);
  },
};
