import { describe, expect, test } from '@jest/globals';
import { parseUnits } from '../../src/scan/parse-units.ts';

const FILE = '/etc/systemd/system/shop.service';

describe('a unit', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['runs a container', 'ExecStart=/usr/bin/docker run --rm --name shop nginx', ['run shop']],
    ['runs it with the name after an equals sign', 'ExecStart=docker run -d --name=shop nginx', ['run shop']],
    [
      'runs it over several lines',
      'ExecStart=/usr/bin/docker run \\\n  -p 80:80 \\\n  --name shop \\\n  nginx',
      ['run shop'],
    ],
    [
      'runs it in words of the newer client',
      'ExecStart=-/usr/bin/docker container run --name shop nginx',
      ['run shop'],
    ],
    [
      'makes it first',
      'ExecStartPre=docker create --name shop nginx\nExecStart=docker start -a shop',
      ['run shop', 'start shop'],
    ],
    ['starts it', 'ExecStart=/usr/bin/docker start -a shop', ['start shop']],
    ['starts several', 'ExecStart=/usr/bin/docker start --detach-keys ctrl-x shop mail', ['start shop', 'start mail']],
    ['restarts it', 'ExecReload=/usr/bin/docker restart -t 5 shop', ['start shop']],
    ['is named like it', 'ExecStart=docker run --name %p nginx', ['run shop']],
    ['is named like it in full', 'ExecStart=docker run --name %n nginx', ['run shop.service']],
    [
      'names it in a variable',
      'Environment="NAME=shop" PORT=80\nExecStart=docker run --name ${NAME} nginx',
      ['run shop'],
    ],
    ['does it in a shell', `ExecStart=/bin/sh -c 'docker rm -f shop; exec docker run --name shop nginx'`, ['run shop']],
    ['gives its engine first', 'ExecStart=docker -H unix:///run/d.sock run --name shop nginx', ['run shop']],
  ])('that %s', (_what, text, found) => {
    expect(read(FILE, text)).toEqual(found);
  });

  test.each([
    ['only stops it', 'ExecStop=/usr/bin/docker stop shop'],
    ['only mentions it', 'Description=docker run --name shop'],
    ['has it in a comment', '#ExecStart=docker run --name shop nginx\n; ExecStart=docker start shop'],
    ['is the engine', 'ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock'],
    ['gives no name', 'ExecStart=/usr/bin/docker run --rm nginx'],
    ['gives a name that nobody can tell', 'EnvironmentFile=/etc/shop\nExecStart=docker run --name ${NAME} nginx'],
    ['runs another program', 'ExecStart=/usr/bin/docker-compose run --name shop web'],
  ])('that %s is none that would bring it back', (_what, text) => {
    expect(read(FILE, text)).toEqual([]);
  });

  test.each([
    ['/etc/systemd/system/shop@.service', 'shop-%i', 'run shop-*'],
    ['/etc/systemd/system/shop@blue.service', 'shop-%i', 'run shop-blue'],
    ['/etc/systemd/system/shop@.service', '%N', 'run shop@*'],
    ['/etc/systemd/system/web-shop.service', '%j', 'run shop'],
  ])('of a template, %s, names %s: %s', (file, name, found) => {
    // An engine takes no @ in a name.
    expect(read(file, `ExecStart=docker run --name ${name} nginx`)).toEqual(found.includes('@') ? [] : [found]);
  });

  test('is called after its folder where a drop-in has the command', () => {
    const file = '/etc/systemd/system/shop.service.d/override.conf';

    expect(parseUnits([`${file}:ExecStart=docker run --name shop nginx`])).toEqual([
      { name: 'shop.service', file, verb: 'run', container: 'shop' },
    ]);
  });
});

test('lines that are not of a file are left out, and files are kept apart', () => {
  const lines = [
    'ExecStart=docker run --name a x',
    '/a.service:ExecStart=docker run \\',
    `${FILE}:  --name shop nginx`,
  ];

  expect(parseUnits(lines)).toEqual([]);
});

function read(file: string, text: string): readonly string[] {
  return parseUnits(text.split('\n').map((line) => `${file}:${line}`)).map(
    ({ verb, container }) => `${verb} ${container}`,
  );
}
