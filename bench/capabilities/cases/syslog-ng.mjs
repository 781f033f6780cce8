const CONFIG = `@version: 3.38
source s { network(transport("udp") port(514)); };
destination d { file("/var/log/all.log"); };
log { source(s); destination(d); };
`;

/** Gives itself a set of capabilities where it can. */
export const service = {
  name: 'syslog-ng',
  packages: ['syslog-ng-core'],
  files: { '/etc/syslog-ng/syslog-ng.conf': CONFIG },
  entrypoint: ['syslog-ng', '-F'],
  async work({ client, exec, expect, sleep }) {
    await client('logger -n $HOST -P 514 -d hello-of-syslog');
    await sleep(300);
    expect(await exec('cat /var/log/all.log'), /hello-of-syslog/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(300);
  },
};
