/** As docker-library's wordpress: files are copied into an empty folder and given to www-data, then Apache with PHP. */
export const service = {
  name: 'wordpress',
  packages: ['apache2', 'libapache2-mod-php8.2'],
  files: {
    '/usr/src/app/index.php': '<?php file_put_contents("/var/www/html/up.txt", "x"); echo "hello of ", "php";\n',
    '/entrypoint': `#!/bin/sh
set -e
cd /var/www/html
if [ ! -e index.php ]; then
  if [ "$(id -u)" = 0 ] && [ "$(stat -c %u:%g .)" = 0:0 ]; then
    chown www-data:www-data .
  fi
  tar -C /usr/src/app --create --file - --owner www-data --group www-data . | tar --extract --file - --no-overwrite-dir
fi
. /etc/apache2/envvars
rm -f "$APACHE_PID_FILE"
mkdir -p "$APACHE_RUN_DIR" "$APACHE_LOCK_DIR"
exec apache2 -DFOREGROUND
`,
  },
  setup:
    'echo "ServerName bench" >>/etc/apache2/apache2.conf\nrm -rf /var/www/html/* && chown www-data: /var/www/html\n',
  entrypoint: ['/entrypoint'],
  stopSignal: 'SIGWINCH',
  cases: {
    first: { volumes: { '/var/www/html': 'empty' } },
    reuse: { volumes: { '/var/www/html': 'initialised' } },
    'bind-root': { volumes: { '/var/www/html': 'bind root-owned' } },
  },
  async work({ page, exec, expect }) {
    expect((await page(80, { path: '/index.php' })).text, /hello of php/);
    expect(await exec('cat /var/www/html/up.txt', 'www-data'), /x/);
  },
};
