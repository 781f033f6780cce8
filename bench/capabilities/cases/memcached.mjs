/** As root it becomes another user by itself; the official image starts it as that user. */
export const service = {
  name: 'memcached',
  packages: ['memcached'],
  entrypoint: ['memcached', '-l', '0.0.0.0', '-u', 'memcache'],
  cases: { '': {}, 'as-user': { runAs: 'memcache' } },
  async work({ talk }) {
    await talk(11211, ['set color 0 0 5\r\ngreen\r\n', /STORED/, 'get color\r\n', /green/]);
  },
};
