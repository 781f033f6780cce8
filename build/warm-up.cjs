// Runs a scan over ssh within this process, against a host made here, and keeps the code V8 compiled for it.
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { connect } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Server, utils } = require('ssh2');

const { load, scripts } = require(join(process.argv[2], 'load.cjs'));
const folder = mkdtempSync(join(tmpdir(), 'enforce-build-'));
const socketPath = join(folder, 'engine');
const key = utils.generateKeyPairSync('ed25519');
const CONTAINER = {
  Id: 'a'.repeat(64),
  Name: '/web',
  Image: `sha256:${'b'.repeat(64)}`,
  State: { Status: 'running', Running: true },
  Config: { Image: 'web:1', Env: ['A=1'], Labels: { team: 'web' }, Cmd: ['httpd'] },
  HostConfig: {
    NetworkMode: 'default',
    CapAdd: null,
    CapDrop: null,
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] },
  },
  NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] }, Networks: { bridge: {} } },
  Mounts: [],
};
const ANSWERS = {
  '/_ping': 'OK',
  '/version': { Version: '20.10.24', ApiVersion: '1.41', Components: [] },
  '/info': { ID: 'warm-up', Name: 'warm-up', KernelVersion: '1', SecurityOptions: [] },
  '/containers/json': [
    { Id: CONTAINER.Id, Names: ['/web'], State: 'running', Labels: {}, HostConfig: { NetworkMode: 'default' } },
  ],
};

const engine = createServer(({ url }, response) => {
  const path = new URL(url, 'http://engine').pathname.replace(/^\/v[\d.]+/, '');
  response.setHeader('Api-Version', '1.41');
  const answer = ANSWERS[path] ?? CONTAINER;
  response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
});
const host = new Server({ hostKeys: [key.private], ident: 'OpenSSH_9.2' }, (client) => {
  client.on('error', () => undefined);
  client.on('authentication', (context) => context.accept());
  client.on('ready', () => {
    client.on('openssh.streamlocal', (accept) => {
      const channel = accept();
      const socket = connect(socketPath);
      socket.on('error', () => channel.close());
      socket.pipe(channel).pipe(socket);
      channel.on('close', () => socket.destroy());
    });
    client.on('session', (accept) =>
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.on('data', () => undefined);
        channel.exit(3);
        channel.end();
      }),
    );
  });
});

engine.listen(socketPath, () => host.listen(0, '127.0.0.1', scan));

function scan() {
  const { port } = host.address();
  mkdirSync(join(folder, '.ssh'));
  writeFileSync(join(folder, '.ssh/id_ed25519'), key.private, { mode: 0o600 });
  writeFileSync(join(folder, '.ssh/known_hosts'), `[127.0.0.1]:${port} ${key.public}\n`);
  writeFileSync(
    join(folder, 'inventory.yml'),
    `all: { hosts: { warm-up: { docker: "ssh://root@127.0.0.1:${port}" } } }\n`,
  );
  process.argv = [process.execPath, 'enforce', 'scan', '-i', join(folder, 'inventory.yml'), '--no-input'];
  process.env = { PATH: process.env.PATH, HOME: folder };

  process.on('exit', (exitCode) => {
    for (const [filename, script] of scripts) writeFileSync(`${filename}.code`, script.createCachedData());
    rmSync(folder, { recursive: true, force: true });
    // What it finds there makes it end with 2.
    process.exitCode = exitCode === 2 ? 0 : 1;
  });
  load('enforce.js');
}
