const APPLICATION = `def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello of gunicorn']
`;

/** A Python application: the master stays root, and stops its workers, who are www-data. */
export const service = {
  name: 'gunicorn',
  packages: ['gunicorn'],
  files: { '/srv/app.py': APPLICATION },
  entrypoint: ['gunicorn', '--chdir', '/srv', '-b', '0.0.0.0:8000', '-w', '2'],
  cases: {
    root: { command: ['-u', 'www-data', '-g', 'www-data', 'app'] },
    'as-user': { user: 'www-data', command: ['app'] },
  },
  async work({ page, expect }) {
    expect((await page(8000)).text, /hello of gunicorn/);
  },
  async reload({ signal, sleep }) {
    await signal('HUP');
    await sleep(1200);
  },
};
