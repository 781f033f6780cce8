import { describe, expect, test } from '@jest/globals';
import type { PortSettings } from '../../src/model/playbook.ts';
import { publishedPorts } from '../../src/model/published-ports.ts';
import type { PortBindings } from '../../src/model/snapshot.ts';
import type { PortChoice } from '../../src/plan/choose-ports.ts';
import { choosePorts } from '../../src/plan/choose-ports.ts';
import { portRoom } from '../../src/plan/port-room.ts';
import { container, snapshot, STOPPED } from '../support/containers.ts';

const SETTINGS: PortSettings = { map: new Map([[80, 8080]]), otherwise: 8000 };

describe('the new port', () => {
  test('is the one the playbook maps the old one to, rather than its offset', () => {
    const choice = choose({ '80/tcp': [at('80')] }, { ...SETTINGS, otherwise: 9000 });

    expect(movesOf(choice)).toEqual(['80/tcp *:80→*:8080']);
  });

  test('is the offset away where the map has none', () => {
    expect(movesOf(choose({ '25/tcp': [at('25')] }))).toEqual(['25/tcp *:25→*:8025']);
  });

  test('is none, so that the container stays, where the playbook has neither', () => {
    const choice = choose({ '25/tcp': [at('25')] }, { map: new Map() });

    expect(choice).toEqual({
      ok: false,
      because: 'the playbook has no new port for 25/tcp',
      hint: 'add 25 to rules.privileged-host-port.map, or set otherwise',
    });
  });

  test('is the same for every address of one port', () => {
    const choice = choose({ '80/tcp': [at('80', '0.0.0.0'), at('80', '::')] });

    expect(movesOf(choice)).toEqual(['80/tcp 0.0.0.0:80→0.0.0.0:8080', '80/tcp :::80→:::8080']);
    expect(after(choice)).toEqual({ '80/tcp': [at('8080', '0.0.0.0'), at('8080', '::')] });
  });

  test('keeps the address of the host', () => {
    expect(after(choose({ '80/tcp': [at('80', '10.0.0.5')] }))).toEqual({ '80/tcp': [at('8080', '10.0.0.5')] });
  });

  test('is found for tcp, udp and sctp each by itself', () => {
    const choice = choose({ '53/tcp': [at('53')], '53/udp': [at('53')], '53/sctp': [at('53')] });

    expect(movesOf(choice)).toEqual(['53/tcp *:53→*:8053', '53/udp *:53→*:8053', '53/sctp *:53→*:8053']);
  });

  test('is told in the order of the old ones, which the engine has in that of their letters', () => {
    const choice = choose({ '1000/tcp': [at('1000')], '443/tcp': [at('443')], '80/tcp': [at('80')] });

    expect(movesOf(choice)).toEqual(['80/tcp *:80→*:8080', '443/tcp *:443→*:8443', '1000/tcp *:1000→*:9000']);
  });

  test('shifts a range as a whole', () => {
    const choice = choose({ '21/tcp': [at('1000-1030')] });

    expect(after(choice)).toEqual({ '21/tcp': [at('9000-9030')] });
    expect(choice).toMatchObject({ claims: [{ first: 9000, last: 9030 }] });
  });

  test('of a range is told from the port that clients use now', () => {
    const bindings = { '21/tcp': [at('1020-1030')] };
    const running = container('ftp', {
      HostConfig: { PortBindings: bindings },
      NetworkSettings: { Ports: { '21/tcp': [at('1022', '0.0.0.0'), at('1022', '::')] } },
    });

    const choice = choosePorts(bindings, publishedPorts(running.inspect), SETTINGS, portRoom(snapshot([running])));

    expect(movesOf(choice)).toEqual(['21/tcp *:1022→*:9022']);
  });

  test('leaves ports at 1024 and above, exposed ports and ports the engine chooses as they are', () => {
    const bindings = {
      '22/tcp': null,
      '23/tcp': [],
      '80/tcp': [at('80'), at('1024'), at('')],
      '81/tcp': [at('0')],
      '82/tcp': [{}],
      '443/tcp': [at('8443')],
    };

    expect(after(choose(bindings))).toEqual({ ...bindings, '80/tcp': [at('8080'), at('1024'), at('')] });
  });

  test('leaves a port that is not among the violating ones', () => {
    const bindings = { '25/tcp': [at('25')], '80/tcp': [at('80')] };
    const violating = publishedPorts(stopped(bindings).inspect).filter(({ hostPort }) => hostPort === 80);

    const choice = choosePorts(bindings, violating, SETTINGS, portRoom(snapshot([stopped(bindings)])));

    expect(after(choice)).toEqual({ '25/tcp': [at('25')], '80/tcp': [at('8080')] });
  });

  test('carries what else a binding says', () => {
    const odd = { HostIp: '', HostPort: '80', Flavour: 'new' };

    expect(after(choose({ '80/tcp': [odd] }))).toEqual({ '80/tcp': [{ ...odd, HostPort: '8080' }] });
  });

  test.each(['80/TCP', '80'])('is found for a port that the engine calls %s', (key) => {
    expect(after(choose({ [key]: [at('80')] }))).toEqual({ [key]: [at('8080')] });
  });
});

describe('a new port that is not free stops the change', () => {
  test.each<readonly [string, PortBindings, PortSettings, string]>([
    [
      'when another port of the container has it',
      { '80/tcp': [at('80')], '8080/tcp': [at('8080')] },
      SETTINGS,
      '80/tcp would move to 8080, which is published by container shop',
    ],
    [
      'when two ports of the container would move to it',
      { '80/tcp': [at('80')], '81/tcp': [at('81')] },
      { map: new Map([[80, 8081]]), otherwise: 8000 },
      '81/tcp would move to 8081, which its own 80/tcp would move to as well',
    ],
    [
      'when one port moves into the new range of another',
      { '21/tcp': [at('1000-1010')], '80/tcp': [at('80')] },
      { map: new Map([[80, 9005]]), otherwise: 8000 },
      '80/tcp would move to 9005, which its own 1000/tcp would move to as well',
    ],
    [
      'when it is above 65535',
      { '80/tcp': [at('80')] },
      { map: new Map([[80, 65_536]]) },
      '80/tcp would move to 65536, which is not a port between 1024 and 65535',
    ],
    [
      'when it is privileged itself',
      { '80/tcp': [at('80')] },
      { map: new Map([[80, 1023]]) },
      '80/tcp would move to 1023, which is not a port between 1024 and 65535',
    ],
    [
      'when any port of a range is taken',
      { '21/tcp': [at('1000-1010')], '22/tcp': [at('9004')] },
      SETTINGS,
      '1004/tcp would move to 9004, which is published by container shop',
    ],
  ])('%s', (_sentence, bindings, settings, because) => {
    expect(choose(bindings, settings)).toMatchObject({ ok: false, because });
  });

  test('but not when two ports come to it on addresses that never meet', () => {
    const choice = choose(
      { '80/tcp': [at('80', '10.0.0.5')], '81/tcp': [at('81', '10.0.0.6')] },
      { map: new Map([[80, 8081]]), otherwise: 8000 },
    );

    expect(movesOf(choice)).toEqual(['80/tcp 10.0.0.5:80→10.0.0.5:8081', '81/tcp 10.0.0.6:81→10.0.0.6:8081']);
  });

  test('and names the port to map elsewhere', () => {
    const choice = choose({ '80/tcp': [at('80')], '8080/tcp': [at('8080')] });

    expect(choice).toMatchObject({ hint: 'map 80 to a free port under rules.privileged-host-port.map' });
  });
});

test('a published port that no binding explains stops the change, as nothing would move it', () => {
  const violating = publishedPorts(stopped({ '80/tcp': [at('80')] }).inspect);

  const choice = choosePorts({ '81/tcp': [at('81')] }, violating, SETTINGS, portRoom(snapshot([])));

  expect(choice).toMatchObject({
    ok: false,
    because: 'nothing in its configuration tells why 80/tcp leads to its port 80',
  });
});

function at(HostPort: string, HostIp = ''): { readonly HostIp: string; readonly HostPort: string } {
  return { HostIp, HostPort };
}

function stopped(PortBindings: PortBindings) {
  return container('shop', { State: STOPPED, HostConfig: { PortBindings } });
}

/** The choice for every privileged port of a container alone on its host. */
function choose(bindings: PortBindings, settings = SETTINGS): PortChoice {
  const shop = stopped(bindings);
  const violating = publishedPorts(shop.inspect).filter(({ hostPort }) => hostPort < 1024);
  return choosePorts(bindings, violating, settings, portRoom(snapshot([shop])));
}

function movesOf(choice: PortChoice): readonly string[] {
  if (!choice.ok) return [choice.because];
  return choice.moves.map(
    ({ containerPort, protocol, ip, from, to }) =>
      `${containerPort}/${protocol} ${ip || '*'}:${from}→${ip || '*'}:${to}`,
  );
}

function after(choice: PortChoice): unknown {
  return choice.ok ? choice.edit.after : choice.because;
}
