const CONFIG = 'use chroot = yes\n[data]\npath = /srv/data\nread only = no\nuid = nobody\ngid = nogroup\n';

/** Each transfer is shut into its folder and becomes nobody. */
export const service = {
  name: 'rsyncd',
  packages: ['rsync'],
  files: { '/etc/rsyncd.conf': CONFIG },
  setup: 'install -d -o nobody -g nogroup /srv/data\n',
  entrypoint: ['rsync', '--daemon', '--no-detach', '--log-file=/dev/stdout'],
  async work({ client, expect }) {
    await client('rsync -a --no-o --no-g /etc/hostname rsync://$HOST/data/up');
    expect(await client('rsync rsync://$HOST/data/'), /up/);
  },
};
