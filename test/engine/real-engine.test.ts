import { afterAll, expect, test } from '@jest/globals';
import { page } from '../support/page.ts';
import { describeReal, realEngine } from '../support/real-engine.ts';

describeReal('the shared engine of the real-engine suites', () => {
  const engine = realEngine('support');
  afterAll(() => engine.cleanUp());

  test('runs a container of the test image that answers on its published port', async () => {
    const image = await engine.busyboxImage();
    const serve = "echo 'web is here' > /www/index.html; exec httpd -f -p 80 -h /www";

    await engine.docker(
      'run',
      '-d',
      '--init',
      '--name',
      `${engine.prefix}web`,
      '-p',
      '8791:80',
      image,
      'sh',
      '-c',
      serve,
    );
    const listening = 'until netstat -ltn | grep -q ":80 "; do sleep 0.05; done';
    await engine.docker('exec', `${engine.prefix}web`, 'timeout', '30', 'sh', '-c', listening);

    expect(await page('http://127.0.0.1:8791/')).toBe('web is here');
  }, 60_000);

  test('leaves no container, volume or network of its prefix behind', async () => {
    const image = await engine.busyboxImage();
    await engine.docker('network', 'create', `${engine.prefix}front`);
    await engine.docker('create', '--name', `${engine.prefix}shop`, '-v', `${engine.prefix}data:/data`, image);

    await engine.cleanUp();

    const left = [
      await engine.docker('ps', '-aq', '--filter', `name=${engine.prefix}`),
      await engine.docker('volume', 'ls', '-q', '--filter', `name=${engine.prefix}`),
      await engine.docker('network', 'ls', '-q', '--filter', `name=${engine.prefix}`),
    ];
    expect(left).toEqual(['', '', '']);
  }, 60_000);
});
