import { describe, expect, test } from '@jest/globals';
import type { ContainerInspect, ImageFacts } from '../../src/model/snapshot.ts';
import { digestOf } from '../../src/scan/digest-of.ts';
import { digestSecrets } from '../../src/scan/digest-secrets.ts';
import { inspectOf } from '../support/containers.ts';

const HIDDEN = digestOf('hunter2');

test('a digest is short, and the same for the same secret', () => {
  expect(digestOf('hunter2')).toMatch(/^sha256:[0-9a-f]{12}$/);
  expect(digestOf('hunter2')).toBe(HIDDEN);
  expect(digestOf('hunter3')).not.toBe(HIDDEN);
});

describe('environment', () => {
  test('every value is hidden and every name kept', () => {
    const { Config } = digestSecrets(
      inspectOf('web', { Config: { Env: ['PASSWORD=hunter2', 'A=b=c', 'EMPTY=', 'UNSET', '=odd', '__proto__=x'] } }),
    );

    expect(Config.Env).toEqual([
      `PASSWORD=${HIDDEN}`,
      `A=${digestOf('b=c')}`,
      `EMPTY=${digestOf('')}`,
      'UNSET',
      '=odd',
      `__proto__=${digestOf('x')}`,
    ]);
  });
});

describe('command lines', () => {
  test('a flag may end the entrypoint and its value begin the command', () => {
    const digested = digestSecrets({
      ...inspectOf('web', { Config: { Entrypoint: ['app', '--token'], Cmd: ['hunter2', 'run'] } }),
      Path: 'app',
      Args: ['--token', 'hunter2', 'run'],
    });

    expect(digested.Config).toMatchObject({ Entrypoint: ['app', '--token'], Cmd: [HIDDEN, 'run'] });
    expect(digested).toMatchObject({ Path: 'app', Args: ['--token', HIDDEN, 'run'] });
  });

  test('the program named in one field tells how to read the other', () => {
    const digested = digestSecrets({ ...inspectOf('db'), Path: 'mysql', Args: ['-phunter2'] });

    expect(digested.Args).toEqual([`-p${HIDDEN}`]);
  });

  test('health checks and what they printed are read as well', () => {
    const Health = { Status: 'healthy', Log: [{ ExitCode: 0, Output: 'login with --password=hunter2 failed' }] };
    const digested = digestSecrets(
      inspectOf('db', {
        Config: { Healthcheck: { Test: ['CMD-SHELL', 'mysqladmin ping --password=hunter2'], Interval: 30 } },
        State: { Health, Error: 'exec app --token hunter2: not found' },
      }),
    );

    expect(digested.Config.Healthcheck?.Test).toEqual(['CMD-SHELL', `mysqladmin ping --password=${HIDDEN}`]);
    expect(JSON.stringify(digested.State)).not.toContain('hunter2');
  });

  test('no command stays no command', () => {
    const digested = digestSecrets(inspectOf('web', { Config: { Cmd: null, Entrypoint: null } }));

    expect(digested.Config).toMatchObject({ Cmd: null, Entrypoint: null });
  });
});

describe('labels and options', () => {
  test('a value is hidden where its name looks secret, or it is a password file', () => {
    const { Config } = digestSecrets(
      inspectOf('web', {
        Config: {
          Labels: {
            'acme.api-key': 'hunter2',
            'traefik.http.middlewares.gate.users': 'admin:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/',
            'app.database': 'postgres://shop:hunter2@db/shop',
            'com.docker.compose.project': 'shop',
            'empty.token': '',
          },
        },
      }),
    );

    expect(Config.Labels).toEqual({
      'acme.api-key': HIDDEN,
      'traefik.http.middlewares.gate.users': expect.stringMatching(/^sha256:/),
      'app.database': `postgres://shop:${HIDDEN}@db/shop`,
      'com.docker.compose.project': 'shop',
      'empty.token': '',
    });
  });

  test('options of log, volume and network drivers are hidden by their names', () => {
    const digested = digestSecrets(
      inspectOf('web', {
        HostConfig: {
          ...{ LogConfig: { Type: 'splunk', Config: { 'splunk-token': 'hunter2', 'max-size': '10m' } } },
          Mounts: [
            {
              Target: '/data',
              VolumeOptions: { DriverConfig: { Name: 'local', Options: { o: 'user=a,password=hunter2' } } },
            },
          ],
          Tmpfs: { '/run/secrets': 'size=1m' },
        },
        NetworkSettings: { Networks: { auth_net: { DriverOpts: { secret: 'hunter2' }, IPAddress: '10.0.0.2' } } },
      }),
    );

    expect(digested.HostConfig).toMatchObject({
      LogConfig: { Config: { 'splunk-token': HIDDEN, 'max-size': '10m' } },
      Mounts: [{ VolumeOptions: { DriverConfig: { Options: { o: `user=a,password=${HIDDEN}` } } } }],
      Tmpfs: { '/run/secrets': 'size=1m' },
    });
    expect(digested.NetworkSettings.Networks).toEqual({
      auth_net: { DriverOpts: { secret: HIDDEN }, IPAddress: '10.0.0.2' },
    });
  });
});

describe('all else', () => {
  test('is kept: unknown fields, large integers, nulls, fields called __proto__', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}, "List": [null, {"a": [false]}]}') as object;
    const inspect = { ...inspectOf('web'), Future: { Limit: 9223372036854775807n, hostile } } as ContainerInspect;

    const digested = digestSecrets(inspect);

    expect(digested).toMatchObject({ Future: { Limit: 9223372036854775807n } });
    const kept = (digested as unknown as { Future: { hostile: object } }).Future.hostile;
    expect(Object.keys(kept)).toEqual(['__proto__', 'List']);
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a container without secrets comes out equal', () => {
    const inspect = inspectOf('web', { Config: { Env: null } });

    expect(digestSecrets(inspect)).toEqual(inspect);
  });

  test('what is given is not changed', () => {
    const inspect = inspectOf('web', { Config: { Env: ['A=b'], Cmd: ['app', '--token', 'hunter2'] } });
    const before = structuredClone(inspect);

    digestSecrets(inspect);

    expect(inspect).toEqual(before);
  });

  test('an image is read the same way', () => {
    const image: ImageFacts = { id: 'sha256:1', tags: ['web:1'], config: { Env: ['TOKEN=hunter2'], Cmd: ['nginx'] } };

    expect(digestSecrets(image)).toEqual({ ...image, config: { Env: [`TOKEN=${HIDDEN}`], Cmd: ['nginx'] } });
  });
});
