import { describe, expect, test } from '@jest/globals';
import type { Baseline } from '../../src/apply/baseline.ts';
import type { Insight } from '../../src/apply/closer-look.ts';
import { closerLook } from '../../src/apply/closer-look.ts';
import type { RunningFacts } from '../../src/apply/tools.ts';
import { aProcessOf, aRuntime, sameIds, unknownRuntime } from '../support/a-runtime.ts';
import { inspectOf, snapshot } from '../support/containers.ts';
import { fakeClock } from '../support/fake-clock.ts';

const WEB = inspectOf('web', {
  State: { Pid: 100 },
  NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2' } } },
});
const PORT = { containerPort: '80/tcp', ip: '', port: 8080 };
const NGINX = aProcessOf('nginx', { pid: 100 });
const WORKER = aProcessOf('nginx', { pid: 101, parent: 100, userIds: sameIds(101), groupIds: sameIds(101) });
const WELL = aRuntime({ processes: [NGINX, WORKER], listeners: [{ protocol: 'tcp', ip: '0.0.0.0', port: 80 }] });
const BASELINE: Baseline = {
  health: undefined,
  ports: new Map(),
  fingerprints: new Map(),
  log: '',
  identities: {
    known: true,
    value: [
      { name: 'nginx', userId: 0, groupId: 0, groups: [] },
      { name: 'nginx', userId: 101, groupId: 101, groups: [] },
    ],
  },
  openPorts: ['80/tcp'],
  facts: undefined,
};

const FINE: Insight = { worse: undefined, notYet: undefined, absent: [] };

/** Looks each second, so many times, at a container that is found so at one look after the other; the last for ever. */
async function looking(
  found: readonly RunningFacts[],
  {
    seconds = 4,
    baseline = BASELINE,
    says = [undefined],
  }: {
    readonly seconds?: number;
    readonly baseline?: Baseline | 'forgotten';
    readonly says?: readonly (string | undefined)[];
  } = {},
): Promise<{
  readonly insight: Insight;
  readonly looks: number;
  readonly unseen: readonly string[];
  /** In their order: connections to ports that are not published, and looks at processes. */
  readonly steps: readonly string[];
}> {
  const steps: string[] = [];
  const clock = fakeClock();
  let looks = 0;
  let asked = 0;
  const closer = closerLook({
    tools: {
      clock,
      facts: snapshot([]).engine,
      processes() {
        steps.push('processes');
        const facts = found[Math.min(looks++, found.length - 1)];
        return Promise.resolve(new Map(facts ? [[WEB.Id, facts]] : []));
      },
      knock({ ip, port }) {
        steps.push(`${ip}:${port}`);
        return Promise.resolve();
      },
      fingerprint: () => Promise.resolve(says[Math.min(asked++, says.length - 1)]),
    },
    baseline: baseline === 'forgotten' ? undefined : baseline,
    openers: [WEB.Id],
    openPorts: baseline === 'forgotten' ? [] : baseline.openPorts,
  });
  let insight: Insight = FINE;
  for (let second = 0; second < seconds; second++) {
    insight = await closer.look(WEB, [{ ...PORT, fingerprint: says[0] === undefined ? undefined : 'HTTP 200' }]);
    await clock.delay(1000);
  }
  return { insight, looks, unseen: closer.unseen(), steps };
}

describe('a look into a new container', () => {
  test('is fine once it was seen twice as the old one was', async () => {
    const { insight, looks, unseen } = await looking([WELL]);

    expect(insight).toEqual(FINE);
    expect(looks).toBe(2);
    expect(unseen).toEqual([]);
  });

  test('is not fine yet after one', async () => {
    const { insight } = await looking([WELL], { seconds: 3 });

    expect(insight.notYet).toBe('its processes were seen only once');
  });

  test.each<[string, readonly RunningFacts[], string]>([
    [
      'a process is missing',
      [{ ...WELL, processes: aRuntime({ processes: [NGINX] }).processes }],
      'nginx as 101:101 ran before; nginx runs as 0:0 now',
    ],
    ['a port is closed', [{ ...WELL, listeners: aRuntime().listeners }], 'nothing listens at its port 80/tcp'],
  ])('is not fine while %s', async (_what, found, notYet) => {
    const { insight } = await looking(found);

    expect(insight).toEqual({ ...FINE, notYet });
  });

  test('tells a program that is only absent from one that runs otherwise, and from a closed port', async () => {
    const CACHE = { name: 'anvil', userId: 106, groupId: 106, groups: [] };
    const baseline: Baseline = {
      ...BASELINE,
      identities: { known: true, value: [{ name: 'nginx', userId: 0, groupId: 0, groups: [] }, CACHE] },
    };
    const closed = { ...WELL, listeners: aRuntime().listeners };

    const { insight } = await looking([WELL], { baseline });
    const { insight: also } = await looking([closed], { baseline });

    expect(insight).toEqual({
      ...FINE,
      notYet: 'anvil as 106:106 ran before and does not run now',
      absent: [CACHE],
    });
    expect(also).toEqual({ ...FINE, notYet: 'nothing listens at its port 80/tcp' });
  });

  test('is fine when what was missing came', async () => {
    const { insight } = await looking([{ ...WELL, processes: aRuntime({ processes: [NGINX] }).processes }, WELL], {
      seconds: 8,
    });

    expect(insight).toEqual(FINE);
  });

  test('finds at once that a program became root', async () => {
    const baseline: Baseline = {
      ...BASELINE,
      identities: { known: true, value: [{ name: 'redis', userId: 999, groupId: 999, groups: [] }] },
    };
    const now = { ...WELL, processes: aRuntime({ processes: [aProcessOf('redis', { pid: 100 })] }).processes };

    const { insight } = await looking([now], { baseline });

    expect(insight.worse).toBe('redis runs as root now, and ran as 999:999 before');
  });
});

describe('what a published port says', () => {
  test('must be what it said before', async () => {
    const { insight } = await looking([WELL], { says: ['HTTP 503'] });

    expect(insight.notYet).toBe('its port 8080 answers HTTP 503, and answered HTTP 200 before');
  });

  test('may become so in time, or not be known', async () => {
    expect((await looking([WELL], { says: ['HTTP 503', 'HTTP 200'], seconds: 8 })).insight).toEqual(FINE);
    expect((await looking([WELL], { says: ['HTTP 503', undefined], seconds: 8 })).insight).toEqual(FINE);
  });
});

describe('a port that is not published', () => {
  const HELPED: Baseline = {
    ...BASELINE,
    identities: {
      known: true,
      value: [
        { name: 'nginx', userId: 0, groupId: 0, groups: [] },
        { name: 'anvil', userId: 106, groupId: 106, groups: [] },
      ],
    },
  };

  test('is connected to after a look that lacks a helper, which may be started for a connection', async () => {
    const { steps } = await looking([WELL], { baseline: HELPED, seconds: 7 });

    expect(steps).toEqual(['processes', 'processes', '172.17.0.2:80', 'processes', '172.17.0.2:80']);
  });

  test('is left alone where nothing is missing', async () => {
    const { steps } = await looking([WELL], { seconds: 7 });

    expect(steps).toEqual(['processes', 'processes', 'processes']);
  });
});

describe('what cannot be seen', () => {
  const NO_SHELL = unknownRuntime('no shell');

  test('from the start on fails nothing, and is told', async () => {
    const baseline: Baseline = { ...BASELINE, identities: { known: false, because: 'no shell' }, openPorts: [] };

    const { insight, unseen } = await looking([NO_SHELL], { baseline });

    expect(insight).toEqual(FINE);
    expect(unseen).toEqual(['who its processes are (no shell)']);
  });

  test('any more is looked for again, and told when it stays so', async () => {
    const first = await looking([NO_SHELL], { seconds: 5 });
    const last = await looking([NO_SHELL], { seconds: 12 });

    expect(first.insight.notYet).toBe('who its processes are could not be seen (no shell)');
    expect(last.insight).toEqual(FINE);
    expect(last.unseen).toEqual(['who its processes are (no shell)', 'where it listens (no shell)']);
  });

  test('because nobody remembers how the old one did is not looked at', async () => {
    const { insight, looks, unseen } = await looking([WELL], { baseline: 'forgotten' });

    expect([insight, looks, unseen]).toEqual([FINE, 0, ['how the old one did (whoever looked has ended)']]);
  });
});
