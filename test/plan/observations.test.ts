import { describe, expect, test } from '@jest/globals';
import type { PortMove } from '../../src/model/plan.ts';
import type { MachineFacts } from '../../src/model/machine.ts';
import { observations } from '../../src/plan/observations.ts';
import { anException } from '../support/a-playbook.ts';
import type { Deviations } from '../support/containers.ts';
import { container, idOf, snapshot } from '../support/containers.ts';
import { changeOf, publishing, seen } from '../support/planned.ts';

const MOVE: PortMove = { protocol: 'tcp', ip: '', from: 80, to: 8080, containerPort: 80 };
const UNREAD: Partial<MachineFacts> = {
  listeners: { known: false, because: 'no shell there' },
  ephemeralPorts: { known: false, because: 'no shell there' },
};

describe('beside the diff an operator sees', () => {
  test('nothing of an ordinary container', () => {
    expect(observations(container('web', { details: seen() }), snapshot([]), [MOVE])).toEqual([]);
  });

  test('that the container was unhealthy before', () => {
    const web = container('web', { State: { Health: { Status: 'unhealthy' } }, details: seen() });

    expect(observations(web, snapshot([]), [])).toEqual([
      'it is unhealthy already; afterwards it is only held to be no worse',
    ]);
  });

  test('that what else uses the host’s ports could not be read', () => {
    const warnings = observations(container('web'), snapshot([], { machine: UNREAD }), [MOVE]);

    expect(warnings).toEqual([
      'what the host itself listens on could not be read (no shell there); a taken port shows at start and is rolled back',
      'which ports the host gives out by itself could not be read (no shell there)',
    ]);
  });

  test('that the container can reach the engine', () => {
    const Mounts = [{ Source: '/var/run/docker.sock', Destination: '/var/run/docker.sock' }];

    expect(observations(container('proxy', { Mounts }), snapshot([]), [])).toEqual([
      expect.stringMatching(/^it can reach the engine \(\/var\/run\/docker\.sock\) and may start, stop or change/),
    ]);
  });

  test('that nobody could look for a unit that runs it', () => {
    const machine = { units: { known: false, because: 'no shell there' } } as const;

    expect(observations(container('web'), snapshot([], { machine }), [])).toEqual([
      'whether a systemd unit runs it could not be read (no shell there)',
    ]);
  });

  test('nothing of ports where no port moves', () => {
    expect(observations(container('web'), snapshot([], { machine: UNREAD }), [])).toEqual([]);
  });

  test.each([
    ['another image', `sha256:${idOf('nginx:1.26')}`],
    ['no image', null],
  ])('that the name of its image stands for %s by now', (_what, namedImageId) => {
    const web = container('web', { details: seen({ namedImageId }) });

    expect(observations(web, snapshot([]), [])).toEqual([
      expect.stringMatching(/^the name nginx:1\.25 does not stand for its image any more: it is created again/),
    ]);
  });

  test.each<[string, Deviations, string, string]>([
    [
      'that a file with its id will not follow',
      { HostConfig: { ContainerIDFile: '/run/web.cid' } },
      '1.41',
      '/run/web.cid on the machine that made it keeps the old id (--cidfile): see who reads it',
    ],
    [
      'that its memory file systems are emptied',
      { HostConfig: { Tmpfs: { '/scratch': '' } }, Mounts: [{ Type: 'tmpfs', Destination: '/fast' }] },
      '1.41',
      'what is in its tmpfs (/scratch, /fast) is lost, as at every stop',
    ],
    [
      'that what it mounts could not be looked at',
      { details: seen({ hostPaths: [{ path: '/srv', exists: { known: false, because: 'no shell there' } }] }) },
      '1.41',
      'whether the host still has what it mounts could not be seen (no shell there)',
    ],
    [
      'that an address on a second network may not be the one somebody chose',
      {
        NetworkSettings: { Networks: { lan: {} } },
        details: seen({ networks: [{ name: 'lan', id: 'l1', driver: 'macvlan', scope: 'local' }] }),
      },
      '1.48',
      'it gets a new MAC address on lan: this engine does not tell whether somebody chose the one it has',
    ],
  ])('%s', (_what, deviations, apiVersion, warning) => {
    const host = snapshot([], { engine: { ...snapshot([]).engine, apiVersion } });

    expect(observations(container('web', { details: seen(), ...deviations }), host, [])).toEqual([warning]);
  });

  test('nothing of a name that is the id itself', () => {
    const Image = idOf('nginx:1.25');
    const byId = [Image, `sha256:${Image}`, Image.slice(0, 12)].map((name) =>
      container('web', { Config: { Image: name }, details: seen({ namedImageId: null }) }),
    );

    expect(byId.flatMap((web) => observations(web, snapshot([]), []))).toEqual([]);
  });
});

describe('a container whose image name stands for another image by now', () => {
  const lb = publishing('lb', ['80:80', '25:25'], { details: seen({ namedImageId: null }) });
  const exception = anException({ match: { container: 'lb' }, ports: ['80/tcp'] });

  test('is left alone when an exception goes by that name, as it would be lost', () => {
    const byImage = { ...exception, match: { image: 'nginx:*' } };

    const change = changeOf('lb', snapshot([lb]), { exceptions: [byImage] });

    expect(change).toMatchObject({
      action: 'blocked',
      blocked: {
        because: expect.stringContaining('an exception goes by that name'),
        hint: 'match the exception by container or label instead of image',
      },
    });
  });

  test('is changed when its exceptions go by something else, or do not cover it', () => {
    const elsewhere = anException({ match: { image: 'nginx:*' }, ports: ['587/tcp'] });

    const change = changeOf('lb', snapshot([lb]), { exceptions: [exception, elsewhere] });

    expect(change).toMatchObject({ action: 'recreate', portMoves: [{ from: 25, to: 8025 }] });
  });
});
