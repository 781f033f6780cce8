import { describe, expect, test } from '@jest/globals';
import { evidenceOfStart } from '../../src/plan/evidence-of-start.ts';

describe('a script that calls', () => {
  test.each<[string, readonly string[]]>([
    ['chown -R app:app /data', ['CHOWN']],
    ['/bin/chown app /data', ['CHOWN']],
    ['find /data ! -user app -exec chown app {} +', ['CHOWN']],
    ['ls | xargs -0 -n 1 chown app', ['CHOWN']],
    ['X=$(chown app /data)', ['CHOWN']],
    ['install -d -o app /run/app', ['CHOWN']],
    ['rsync -rlD --chown=app:app /src/ /dst/', ['CHOWN']],
    ['tar xpf /seed.tar', ['CHOWN']],
    ['cp -a /seed/. /data', ['CHOWN']],
    ['exec gosu app "$@"', ['SETGID', 'SETUID']],
    ['exec su-exec app:app /usr/bin/app', ['SETGID', 'SETUID']],
    ['su -s /bin/sh -c "app --go" app', ['SETGID', 'SETUID']],
    ['chpst -u app:app app', ['SETGID', 'SETUID']],
    ['start-stop-daemon --start --chuid app --exec /bin/app', ['SETGID', 'SETUID']],
    ['start-stop-daemon --start --exec /bin/app', []],
    ['sudo -u app app', ['AUDIT_WRITE', 'SETGID', 'SETUID']],
    ['chroot --userspec=app /srv app', ['SYS_CHROOT', 'SETGID', 'SETUID']],
    ['chroot /srv app', ['SYS_CHROOT']],
    ['usermod -o -u "$PUID" app', ['CHOWN']],
    ['mknod /dev/net/tun c 10 200', ['MKNOD']],
    ['mknod /tmp/pipe p', []],
    ['cp -a /dev/random /srv/dev/', ['MKNOD']],
    ['cp x /dev/null', []],
    ['iptables -t nat -A POSTROUTING -j MASQUERADE', ['NET_ADMIN', 'NET_RAW']],
    ['ip link set tun0 up', ['NET_ADMIN']],
    ['ip addr show', []],
    ['sysctl -w net.ipv4.ip_forward=1', ['NET_ADMIN']],
    ['chmod 0700 /data', ['FOWNER']],
    ['echo "please chown the folder, or run gosu"', []],
    ['# chown app /data', []],
    ['ls /data # chown would be better', []],
    ['grep -q chown /etc/motd', []],
  ])('%s', (line, capabilities) => {
    expect(
      evidenceOfStart([{ path: '/start.sh', text: `#!/bin/sh\n${line}\n` }]).map(({ capability }) => capability),
    ).toEqual(capabilities);
  });
});

describe('a reason', () => {
  test('says where it is from, and is strong where every start comes by it', () => {
    expect(of('chown app /data')).toEqual([
      { capability: 'CHOWN', class: 'configuration', because: '/start.sh calls chown' },
    ]);
  });

  test.each([
    'if [ "$(id -u)" = 0 ]; then\n  chown app /data\nfi',
    '[ -d /data ] && chown app /data',
    'prepare() {\n  chown app /data\n}',
    'prepare() { chown app /data; }',
    'case "$1" in\n  start)\n    chown app /data ;;\nesac',
    'case "$1" in\n  start) chown app /data ;;\nesac',
    'for folder in /a /b; do chown app $folder; done',
  ])('is latent where a condition stands before it: %s', (text) => {
    expect(of(text)).toMatchObject([{ capability: 'CHOWN', class: 'latent' }]);
  });

  test('is strong again once the condition is over', () => {
    expect(of('if true; then\n  echo hi\nfi\nchown app /data')).toMatchObject([{ class: 'configuration' }]);
  });

  test('is strong for who becomes another user, as a start as root always comes by that', () => {
    expect(of('if [ "$(id -u)" = 0 ]; then\n  exec gosu app "$0" "$@"\nfi')).toMatchObject([
      { capability: 'SETGID', class: 'configuration' },
      { capability: 'SETUID', class: 'configuration' },
    ]);
  });

  test.each(['cp -a /seed/. /data', 'tar xpf /seed.tar', 'rsync -a /a /b', 'chmod 700 /data'])(
    'is latent where it is asked for only of files of another’s: %s',
    (text) => {
      expect(of(text)).toMatchObject([{ class: 'latent' }]);
    },
  );

  test.each(['|| true', '|| :', '|| echo "could not"', '2>/dev/null || true'])('is tolerated with %s', (rest) => {
    expect(of(`chown app /data ${rest}`)).toMatchObject([{ capability: 'CHOWN', isTolerated: true }]);
  });

  test('is not tolerated where the same is called elsewhere and must succeed', () => {
    expect(of('chown app /a || true\nchown app /b')[0]?.isTolerated).toBeUndefined();
  });

  test('goes on over the end of a line', () => {
    expect(of('chown \\\n  app /data \\\n  || true')).toMatchObject([{ capability: 'CHOWN', isTolerated: true }]);
  });
});

describe('setcap', () => {
  test('stands or falls with what it gives away', () => {
    const group = ['SETFCAP', 'NET_RAW', 'NET_BIND_SERVICE'];

    expect(of('setcap cap_net_raw,cap_net_bind_service+ep /usr/bin/telegraf || echo "no"')).toEqual(
      group.map((capability) => ({
        capability,
        class: 'configuration',
        because: '/start.sh calls setcap, and goes on without',
        isTolerated: true,
        allOrNone: group,
      })),
    );
  });

  test('keeps its group whatever else asks for one of them', () => {
    const evidence = of('setcap cap_net_admin=ep /app || true\nip link set tun0 up');

    expect(evidence.find(({ capability }) => capability === 'NET_ADMIN')).toMatchObject({
      because: '/start.sh calls ip',
      allOrNone: ['SETFCAP', 'NET_ADMIN'],
    });
  });

  test('asks for itself alone where it takes away, or does not say what it gives', () => {
    expect(of('setcap -r /app')).toMatchObject([{ capability: 'SETFCAP' }]);
    expect(of('setcap "$CAPS" /app')).toMatchObject([{ capability: 'SETFCAP' }]);
    expect(of('setcap cap_made_up=ep /app').map(({ capability }) => capability)).toEqual(['SETFCAP']);
  });
});

test('a program that the start goes through says by its name what it is for', () => {
  const texts = ['/sbin/tini', '/usr/sbin/gosu', '/usr/sbin/sshd'].map((path) => ({ path, text: null }));

  expect(evidenceOfStart(texts)).toMatchObject([
    { capability: 'SETGID', class: 'configuration', because: 'its start goes through gosu' },
    { capability: 'SETUID', class: 'configuration' },
    { capability: 'AUDIT_WRITE', class: 'latent' },
    { capability: 'CHOWN', class: 'latent' },
    { capability: 'SYS_CHROOT', class: 'latent' },
  ]);
});

test('a script of another language says by its name alone what it is for', () => {
  const texts = [{ path: '/usr/bin/supervisord', text: '#!/usr/bin/python3\nchown app /data\n' }];

  expect(evidenceOfStart(texts).map(({ capability }) => capability)).toEqual(['KILL', 'SETGID', 'SETUID']);
});

test('a hostile script is read in no more time than an ordinary one', () => {
  const hostile = ['(', '$(', '{', '"', "'", '\\\n', 'if ', 'a=', ' ', '-exec ', '/'].map((piece) =>
    piece.repeat(64 * 1024),
  );

  expect(hostile.flatMap((text) => of(text))).toEqual([]);
});

function of(text: string) {
  return evidenceOfStart([{ path: '/start.sh', text }]);
}
