/** A message server that needs nothing. */
export const service = {
  name: 'nats',
  packages: ['nats-server'],
  entrypoint: ['nats-server', '-a', '0.0.0.0'],
  async work({ talk }) {
    await talk(4222, [/INFO/, 'CONNECT {"verbose":false}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\n', /MSG a 1 2\r\nhi/]);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(200);
  },
};
