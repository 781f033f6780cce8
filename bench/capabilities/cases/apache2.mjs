/** Debian's apache2; its folders are prepared by root as apache2ctl and docker-library's apache2-foreground do. */
export const service = {
  name: 'apache2',
  packages: ['apache2'],
  files: {
    '/var/www/html/index.html': 'hello of apache\n',
    '/entrypoint': `#!/bin/sh
set -e
. /etc/apache2/envvars
rm -f "$APACHE_PID_FILE"
for folder in "$APACHE_RUN_DIR" "$APACHE_LOCK_DIR"; do
  mkdir -p "$folder"
done
chown www-data "$APACHE_LOCK_DIR"
exec apache2 -DFOREGROUND
`,
  },
  setup: 'echo "ServerName bench" >>/etc/apache2/apache2.conf\n',
  entrypoint: ['/entrypoint'],
  stopSignal: 'SIGWINCH',
  cases: { '': {}, host: { network: 'host' } },
  async work({ page, expect }) {
    expect((await page(80)).text, /hello of apache/);
  },
  async reload({ exec, sleep }) {
    await exec('. /etc/apache2/envvars && apache2 -k graceful');
    await sleep(500);
  },
};
