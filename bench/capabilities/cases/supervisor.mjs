const CONFIG = `[supervisord]
nodaemon=true
user=root
logfile=/dev/null
logfile_maxbytes=0
[unix_http_server]
file=/run/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/supervisor.sock
[program:web]
command=python3 -m http.server 8080 --directory /srv/www
user=www-data
`;

/** Keeps a program of another user alive; the operator restarts it. */
export const service = {
  name: 'supervisor',
  packages: ['supervisor'],
  files: { '/etc/bench.conf': CONFIG, '/srv/www/index.html': 'hello of supervisor\n' },
  entrypoint: ['supervisord', '-c', '/etc/bench.conf'],
  deadline: 12,
  async work({ page, expect }) {
    expect((await page(8080)).text, /hello of supervisor/);
  },
  async reload({ exec, expect }) {
    expect(await exec('supervisorctl -c /etc/bench.conf restart web'), /web: started/);
  },
};
