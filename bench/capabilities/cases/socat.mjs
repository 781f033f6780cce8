/** One process for each connection, which becomes nobody. */
export const service = {
  name: 'socat',
  packages: ['socat'],
  entrypoint: ['socat', 'TCP-LISTEN:7,fork,reuseaddr,su=nobody', 'EXEC:cat'],
  async work({ talk }) {
    await talk(7, ['hello\n', /hello/]);
  },
};
