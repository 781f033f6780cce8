/** A relay that drops root by its own flags. */
export const service = {
  name: 'coturn',
  packages: ['coturn'],
  entrypoint: [
    'turnserver',
    '-n',
    '--no-tls',
    '--no-dtls',
    '--no-cli',
    '--log-file',
    'stdout',
    '--realm',
    'bench.test',
  ],
  command: [
    '--proc-user',
    'turnserver',
    '--proc-group',
    'turnserver',
    '--userdb',
    '/var/lib/turn/turndb',
    '--pidfile',
    '/tmp/pid',
  ],
  init: true,
  async work({ datagram, expect }) {
    const question = Buffer.concat([Buffer.from('000100002112a442', 'hex'), Buffer.from('enforcebench')]);
    expect((await datagram(3478, question)).toString('hex'), /^0101/);
  },
};
