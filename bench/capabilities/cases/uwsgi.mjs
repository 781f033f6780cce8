const APPLICATION = `def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello of uwsgi']
`;

/** A Python application whose server drops root in all its processes. */
export const service = {
  name: 'uwsgi',
  packages: ['uwsgi-core', 'uwsgi-plugin-python3'],
  files: { '/srv/app.py': APPLICATION },
  entrypoint: ['uwsgi', '--plugin', 'python3,http', '--http-socket', ':8000', '--master', '--processes', '2'],
  command: ['--uid', 'www-data', '--gid', 'www-data', '--wsgi-file', '/srv/app.py'],
  stopSignal: 'SIGQUIT',
  async work({ page, expect }) {
    expect((await page(8000)).text, /hello of uwsgi/);
  },
};
