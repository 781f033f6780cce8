/** As docker-library's postgres: the folders are made and taken over as root, then gosu; initdb where there is nothing. */
export const service = {
  name: 'postgres',
  packages: ['postgresql-15', 'gosu'],
  env: { PGDATA: '/var/lib/postgresql/data', PATH: '/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  files: {
    '/entrypoint': `#!/bin/bash
set -Eeo pipefail
user="$(id -u)"
mkdir -p "$PGDATA"
chmod 00700 "$PGDATA" || :
mkdir -p /var/run/postgresql || :
chmod 03775 /var/run/postgresql || :
if [ "$user" = 0 ]; then
  find "$PGDATA" \\! -user postgres -exec chown postgres '{}' +
  find /var/run/postgresql \\! -user postgres -exec chown postgres '{}' +
  exec gosu postgres "$BASH_SOURCE" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -A trust --no-sync >/dev/null
  echo 'host all all all trust' >>"$PGDATA/pg_hba.conf"
fi
exec "$@"
`,
  },
  setup: `rm -rf /var/lib/postgresql/15 && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data
install -d -o postgres -g postgres -m 3777 /var/run/postgresql
`,
  entrypoint: ['/entrypoint'],
  command: ['postgres', '-c', 'listen_addresses=*', '-c', 'fsync=off'],
  stopSignal: 'SIGINT',
  deadline: 15,
  cases: {
    first: { volumes: { '/var/lib/postgresql/data': 'empty' } },
    reuse: { volumes: { '/var/lib/postgresql/data': 'initialised' } },
    'bind-root': { volumes: { '/var/lib/postgresql/data': 'bind root-owned' } },
    'bind-foreign': { volumes: { '/var/lib/postgresql/data': 'bind foreign-owned' } },
    'as-user': { volumes: { '/var/lib/postgresql/data': 'initialised' }, user: 'postgres' },
  },
  async work({ client, expect }) {
    const sql = 'CREATE TABLE IF NOT EXISTS t (n int); INSERT INTO t VALUES (7); CHECKPOINT; SELECT sum(n) FROM t';
    expect(await client(`psql -h $HOST -U postgres -Atc '${sql}'`), /^\d+$/m);
  },
  async reload({ signal }) {
    await signal('HUP');
  },
};
