import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../src/scan/digest-of.ts';
import { looksSecret, maskWords } from '../../src/model/mask-words.ts';

const HIDDEN = digestOf('hunter2');

describe('maskWords hides', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['the word after a flag', ['app', '--password', 'hunter2', 'run'], ['app', '--password', HIDDEN, 'run']],
    ['what fills a flag', ['app', '--api-key=hunter2'], ['app', `--api-key=${HIDDEN}`]],
    ['what fills a flag of one dash', ['app', '-token=hunter2'], ['app', `-token=${HIDDEN}`]],
    [
      'a variable of a shell line',
      ['sh', '-c', 'PGPASSWORD=hunter2 psql -h db'],
      ['sh', '-c', `PGPASSWORD=${HIDDEN} psql -h db`],
    ],
    ['a flag of a shell line', ['sh', '-c', 'app --token hunter2 && x'], ['sh', '-c', `app --token ${HIDDEN} && x`]],
    ['a quoted value with spaces', [`app --secret="a b c" run`], [`app --secret=${digestOf('"a b c"')} run`]],
    ['a quote that never closes', [`app --secret="a b`], [`app --secret=${digestOf('"a b')}`]],
    [
      'a flag at the end of one word and its value in the next',
      ['app --password', 'hunter2'],
      ['app --password', HIDDEN],
    ],
    [
      'the password of an address',
      ['app', 'postgres://shop:hunter2@db/shop'],
      ['app', `postgres://shop:${HIDDEN}@db/shop`],
    ],
    ['a password with an @', ['amqp://shop:p@ss@mq'], [`amqp://shop:${digestOf('p@ss')}@mq`]],
    ['a field of JSON', ['{"user": "shop", "password": "hunter2"}'], [`{"user": "shop", "password": "${HIDDEN}"}`]],
    ['only the value of its own flag', ['app --auth --token=hunter2 run'], [`app --auth --token=${HIDDEN} run`]],
    ['a header', ['curl', '-H', 'Authorization: Bearer hunter2'], ['curl', '-H', `Authorization: Bearer ${HIDDEN}`]],
    ['one of several mount options', ['username=shop,password=hunter2'], [`username=shop,password=${HIDDEN}`]],
    [
      'the password that clings to its flag in MySQL',
      ['mysqladmin', 'ping', '-phunter2'],
      ['mysqladmin', 'ping', `-p${HIDDEN}`],
    ],
    ['the same in a shell line', ['mysql -uroot -phunter2 -e x'], [`mysql -uroot -p${HIDDEN} -e x`]],
    ['the short flag of Redis', ['redis-cli', '-a', 'hunter2', 'ping'], ['redis-cli', '-a', HIDDEN, 'ping']],
    ['the user of curl', ['curl', '--user', 'hunter2', 'http://web'], ['curl', '--user', HIDDEN, 'http://web']],
  ])('%s', (_what, words, digested) => {
    expect(maskWords(words, digestOf)).toEqual(digested);
  });
});

describe('maskWords leaves', () => {
  test.each([
    [['nginx', '-g', 'daemon off;']],
    [['server', '-port=80', '-p', '8080', '-a', 'x', '-u', 'www']],
    [['app', '--auth', '--bind_ip_all', '--quiet']],
    [['sh', '-c', 'exec  "$@"\n\tdone']],
    [['app', 'https://auth.example.com:8443/login?next=1']],
    [['', ' ', '-', '--', '=', '""']],
    [['app', '--password=']],
  ])('%j', (words) => {
    expect(maskWords(words, digestOf)).toEqual(words);
  });
});

test('a long hostile word takes no longer than its length', () => {
  for (const unit of ['a', '-', '"', '=', '"a":', '://', '://a:', 'pass', ' ', ',', '"a" ']) {
    expect(maskWords([unit.repeat(200_000)], digestOf)).toHaveLength(1);
  }
});

describe('looksSecret', () => {
  test.each([
    'DB_PASSWORD',
    'passwd',
    'MYSQL_PWD',
    'apiKey',
    'api-key',
    'splunk-token',
    'ssh_private_key',
    'oauth.client',
  ])('takes %s for the name of a secret', (name) => {
    expect(looksSecret(name)).toBe(true);
  });

  test.each(['com.docker.compose.project', 'max-size', 'org.opencontainers.image.authors', 'maintainer', 'author'])(
    'takes %s for an ordinary name',
    (name) => {
      expect(looksSecret(name)).toBe(false);
    },
  );
});
