/** As docker-library's mariadb: folders are taken over as root, then gosu; a database is made where there is none. */
export const service = {
  name: 'mariadb',
  packages: ['mariadb-server', 'gosu'],
  files: {
    '/entrypoint': `#!/bin/bash
set -eo pipefail
if [ "$(id -u)" = 0 ]; then
  for folder in /var/lib/mysql /run/mysqld; do
    mkdir -p "$folder"
    find "$folder" \\! -user mysql -exec chown mysql: '{}' +
  done
  exec gosu mysql "$BASH_SOURCE" "$@"
fi
if [ ! -d /var/lib/mysql/mysql ]; then
  mariadb-install-db --skip-test-db --auth-root-authentication-method=normal --datadir=/var/lib/mysql >/dev/null
  printf '%s;\\n' "CREATE USER joe@'%' IDENTIFIED BY 'secret'" "GRANT ALL ON *.* TO joe@'%'" 'CREATE DATABASE shop' \\
    >/tmp/init.sql
  set -- "$@" --init-file=/tmp/init.sql
fi
exec "$@"
`,
  },
  setup:
    'rm -rf /var/lib/mysql && install -d -o mysql -g mysql -m 1777 /var/lib/mysql && install -d -o mysql /run/mysqld\n',
  entrypoint: ['/entrypoint'],
  command: ['mariadbd', '--bind-address=0.0.0.0', '--innodb-flush-method=nosync'],
  deadline: 20,
  cases: {
    first: { volumes: { '/var/lib/mysql': 'empty' } },
    reuse: { volumes: { '/var/lib/mysql': 'initialised' } },
  },
  async work({ client, expect }) {
    const sql = 'CREATE TABLE IF NOT EXISTS t (n int); INSERT INTO t VALUES (7); SELECT SUM(n) FROM t';
    expect(await client(`mariadb -h $HOST -u joe -psecret shop -Ne '${sql}'`), /\d+/);
  },
};
