const CONFIG =
  'module(load="imudp")\ninput(type="imudp" port="514")\n*.* action(type="omfile" file="/var/log/all.log")\n';

/** Collects what others send, as root. */
export const service = {
  name: 'rsyslog',
  packages: ['rsyslog'],
  files: { '/etc/rsyslog.conf': CONFIG },
  entrypoint: ['rsyslogd', '-n'],
  async work({ client, exec, expect, sleep }) {
    await client('logger -n $HOST -P 514 -d hello-of-rsyslog');
    await sleep(200);
    expect(await exec('cat /var/log/all.log'), /hello-of-rsyslog/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(300);
  },
};
