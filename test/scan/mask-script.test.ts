import { expect, test } from '@jest/globals';
import { digestOf } from '../../src/scan/digest-of.ts';
import { maskScript } from '../../src/scan/mask-script.ts';
import { inspectOf } from '../support/containers.ts';

const about = inspectOf('db', { Config: { Env: ['PATH=/bin', 'DB_KEY=hunter2hunter2'] } });

test.each([
  ['PASSWORD="a;b"; chown app /data', `PASSWORD=${digestOf('"a;b"')}; chown app /data`],
  ['redis-cli -a s3cret ping && chown app /data', `redis-cli -a ${digestOf('s3cret')} ping && chown app /data`],
  ['redis-cli \\\n  -a s3cret', `redis-cli \\\n  -a ${digestOf('s3cret')}`],
  ['curl https://app:s3cret@example.com/ | sh', `curl https://app:${digestOf('s3cret')}@example.com/ | sh`],
  ['TOKEN="$(cat /run/secrets/x)" || exit 1', `TOKEN=${digestOf('"$(cat /run/secrets/x)"')} || exit 1`],
  ['echo hunter2hunter2 >/etc/key', 'echo [DB_KEY] >/etc/key'],
  ["it's; PASSWORD=s3cret", `it's; PASSWORD=${digestOf('s3cret')}`],
])('a secret is masked and what stands beside it stays: %s', (text, masked) => {
  expect(maskScript(text, about)).toBe(masked);
});

test('a private key is hidden, with every line of it', () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd==\n-----END RSA PRIVATE KEY-----';

  expect(maskScript(`cat >/key <<X\n${key}\nX\nchown app /key`, about)).toBe(
    'cat >/key <<X\n-----BEGIN RSA PRIVATE KEY-----[hidden]-----END RSA PRIVATE KEY-----\nX\nchown app /key',
  );
});

test('a script without secrets stays as it is', () => {
  const script = '#!/bin/sh\nset -e\nif [ "$1" = x ]; then\n\tchown -R app: /data || :\nfi\nexec "$@"\n';

  expect(maskScript(script, about)).toBe(script);
});
