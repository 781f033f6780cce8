const APPLICATION = `const http = require('node:http');
const server = http.createServer((asked, answer) => answer.end('hello of node'));
server.listen(80);
process.on('SIGTERM', () => process.exit(0));
`;

/** An application as people write them: as root on port 80, or as a user of its own. */
export const service = {
  name: 'nodejs',
  packages: ['nodejs'],
  files: { '/srv/app.js': APPLICATION },
  entrypoint: ['node', '/srv/app.js'],
  cases: { root: {}, 'as-user': { user: '1000' }, 'root-host': { network: 'host' } },
  async work({ page, expect }) {
    expect((await page(80)).text, /hello of node/);
  },
};
