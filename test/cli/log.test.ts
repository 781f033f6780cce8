import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createLog, logLevel } from '../../src/cli/log.ts';
import type { LogLevel } from '../../src/cli/log.ts';
import { EnforceError } from '../../src/model/errors.ts';

describe('the log', () => {
  test('is complete once it is closed, however much there was', async () => {
    const { stream, text } = listening();
    const log = await createLog(stream, 'debug');

    for (let line = 0; line < 2000; line++) log.debug(`line ${line}`);
    await log.close();

    expect(text().split('\n')).toHaveLength(2001);
    expect(text()).toMatch(/\ndebug line 1999\n$/);
  });

  test.each<[LogLevel, readonly string[]]>([
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ])('at level %s has %p', async (level, levels) => {
    const { stream, text } = listening();
    const log = await createLog(stream, level);

    log.error('said');
    log.warn('said');
    log.info('said');
    log.debug('said');
    await log.close();

    expect(text()).toBe(levels.map((name) => `${name.padEnd(5)} said\n`).join(''));
  });

  test('tells errors in full, with their causes', async () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const error = new EnforceError('unreachable', 'web-1 did not answer', { cause: reset });

    const text = await logged('failed', { host: 'web-1', error });

    expect(text).toBe(
      'warn  failed host=web-1 error={"name":"EnforceError","message":"web-1 did not answer","code":"unreachable",' +
        '"cause":{"name":"Error","message":"read ECONNRESET","code":"ECONNRESET"}}\n',
    );
  });

  test('has no secret in it, wherever it stands', async () => {
    const secret = 's3cr3t-canary';

    const text = await logged(
      `POSTGRES_PASSWORD=${secret} https://deploy:${secret}@registry Authorization: Bearer ${secret}`,
      {
        password: secret,
        headers: { 'X-Registry-Auth': secret, authorization: secret },
        settings: [{ apiKey: secret, private_key: secret }, new Map([['accessToken', secret]])],
        error: new Error(`refused: api_key=${secret}`),
        passphrase: { inner: secret },
      },
    );

    expect(text).not.toContain(secret);
    expect(text).toContain('password=[redacted]');
  });

  test('shows control characters instead of obeying them', async () => {
    const text = await logged('sh\u001b[2Jop\r\nwarn  all is well', { name: 'a\u202eb', 'k\u0007': '\n' });

    expect(text).toBe('warn  sh\\u{1b}[2Jop\\u{d}\\u{a}warn  all is well name="a\\u{202e}b" k\\u{7}="\\n"\n');
  });

  test('survives what cannot be written as JSON', async () => {
    const circle: Record<string, unknown> = { big: 9223372036854775807n, bytes: Buffer.alloc(3), missing: undefined };
    circle['again'] = circle;

    const text = await logged('odd', { circle });

    expect(text).toContain('"big":"9223372036854775807","bytes":"3 bytes","again":{"big"');
  });

  test('survives a stream that fails', async () => {
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    broken.on('error', () => undefined);
    const log = await createLog(broken, 'warn');

    log.warn('one');
    log.warn('two');

    await expect(log.close()).resolves.toBeUndefined();
  });
});

describe('the level of the log', () => {
  test.each<[boolean, number, LogLevel]>([
    [false, 0, 'warn'],
    [false, 1, 'info'],
    [false, 2, 'debug'],
    [false, 3, 'debug'],
    [true, 2, 'error'],
  ])('with -q %p and %p times -v is %s', (quiet, verbose, level) => {
    expect(logLevel({ quiet, verbose })).toBe(level);
  });
});

async function logged(message: string, details: Readonly<Record<string, unknown>>): Promise<string> {
  const { stream, text } = listening();
  const log = await createLog(stream, 'warn');
  log.warn(message, details);
  await log.close();
  return text();
}

function listening(): { readonly stream: Writable; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    // Slow, as a file or a pipe may be.
    write: (chunk: Buffer, _encoding, done) => {
      setImmediate(() => {
        text += chunk.toString();
        done();
      });
    },
  });
  return { stream, text: () => text };
}
