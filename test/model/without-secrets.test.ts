import { expect, test } from '@jest/globals';
import { withoutSecrets } from '../../src/model/without-secrets.ts';
import { inspectOf } from '../support/containers.ts';

const web = inspectOf('web', {
  Config: {
    Env: ['DB_PASSWORD=hunter2secret', 'LONGER=hunter2secret-and-more', 'N=1', 'PATH=/usr/bin'],
    Cmd: ['web', '--api-key', 'k3y-of-the-shop'],
    Labels: { 'shop.token': 't0ken-of-the-shop' },
  },
});

test.each([
  ['connect with hunter2secret: permission denied', 'connect with [DB_PASSWORD]: permission denied'],
  ['hunter2secret-and-more', '[LONGER]'],
  ['/usr/bin/httpd exited with 1', '/usr/bin/httpd exited with 1'],
])('a value of the environment in %j is told by its name', (said, told) => {
  expect(withoutSecrets(said, web)).toBe(told);
});

test.each([
  ['unknown flag k3y-of-the-shop', 'unknown flag [hidden]'],
  ['no service has t0ken-of-the-shop', 'no service has [hidden]'],
  [
    'mount //nas/shop: username=shop,password=hunter3: refused',
    'mount //nas/shop: username=shop,password=[hidden] refused',
  ],
  ['dial postgres://shop:hunter3@db: timeout', 'dial postgres://shop:[hidden]@db: timeout'],
  ['password: hunter3', 'password: [hidden]'],
])('what looks like a secret in %j, or is one of its configuration, is hidden', (said, told) => {
  expect(withoutSecrets(said, web)).toBe(told);
});
