import { expect, test } from '@jest/globals';
import { withoutSecrets } from '../../src/apply/without-secrets.ts';
import { inspectOf } from '../support/containers.ts';

const web = inspectOf('web', {
  Config: { Env: ['DB_PASSWORD=hunter2secret', 'LONGER=hunter2secret-and-more', 'N=1', 'PATH=/usr/bin'] },
});

test.each([
  ['connect with hunter2secret: permission denied', 'connect with [DB_PASSWORD]: permission denied'],
  ['hunter2secret-and-more', '[LONGER]'],
  ['/usr/bin/httpd exited with 1', '/usr/bin/httpd exited with 1'],
])('a value of the environment in %j is told by its name', (said, told) => {
  expect(withoutSecrets(said, web)).toBe(told);
});
