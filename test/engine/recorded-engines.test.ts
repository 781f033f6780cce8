import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { differences } from '../../src/apply/differences.ts';
import { readContainer, readFacts, readImage, readSummaries } from '../../src/engine/answers.ts';
import { parseJson } from '../../src/engine/json-text.ts';
import { isOlder } from '../../src/model/api-version.ts';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import type { ContainerSpec } from '../../src/model/plan.ts';
import type { ContainerInspect, EngineFacts } from '../../src/model/snapshot.ts';
import { configDigest } from '../../src/scan/config-digest.ts';
import { SHAPES } from '../support/engine-shapes.ts';
import { ROOT } from '../support/source-file.ts';
import { specOf } from '../support/spec-of.ts';

/** Docker's newest API of each release line; test/fixtures/engines/README.md says how each was recorded. */
const ENGINES = [
  ['23', '1.42'],
  ['24', '1.43'],
  ['25', '1.44'],
  ['26', '1.45'],
  ['27', '1.47'],
  ['28', '1.51'],
  ['29', '1.52'],
] as const;
const NAMES = [...SHAPES.map(({ name }) => name), 'joined-stopped'];
const PREFIX = 'enforce-recorded-';
const FRONT = `${PREFIX}front`;
const BACK = `${PREFIX}back`;
const MAC = '02:AA:BB:CC:DD:EE';
const JOINED_FRONT = { Aliases: ['shop', 'store-front'], IPAMConfig: { IPv4Address: '10.73.1.9' } };

describe.each(ENGINES)('of Docker %s, at API %s,', (engine, apiVersion) => {
  const answer = (name: string): JsonValue =>
    parseJson(readFileSync(join(ROOT, 'test/fixtures/engines', engine, `${name}.json`), 'utf8'));
  const facts: EngineFacts = readFacts('docker', apiVersion, answer('version'), answer('info'));
  const container = (name: string): ContainerInspect => {
    const read = readContainer(answer(`containers/${name}`));
    // From API 1.52 on the address is told by 1.51 alone, and docker-engine.ts asks for it there.
    const isHidden = !isOlder(apiVersion, '1.52') && name.startsWith('joined');
    return isHidden ? { ...read, Config: { ...read.Config, MacAddress: MAC } } : read;
  };
  const spec = (name: string, imageConfig: JsonObject = {}): ContainerSpec =>
    specOf(container(name), {
      engine: facts,
      image: { id: container(name).Image, tags: [], config: imageConfig },
    });

  test('the engine, its list, an image and a network are read', () => {
    const list = readSummaries(answer('list'));
    const image = readImage(answer('image'));

    expect(facts).toMatchObject({ kind: 'docker', name: 'web-1', id: 'W3B1:ENGN' });
    expect(facts.version).toMatch(/^\d+\.\d+/);
    expect(list.map(({ names }) => names[0]).toSorted()).toEqual(SHAPES.map(({ name }) => PREFIX + name).toSorted());
    expect(list.find(({ names }) => names[0] === `${PREFIX}plain`)?.state).toBe('running');
    expect(image).toMatchObject({ id: container('plain').Image, config: { Entrypoint: ['/bin/busybox'] } });
    expect(answer('network')).toMatchObject({ Name: FRONT, Driver: 'bridge', Scope: 'local' });
  });

  test.each(NAMES)('a container differs in nothing from itself: %s', (name) => {
    expect(differences(container(name), container(name), facts)).toEqual([]);
  });

  test('a container has one digest, whether it runs or not', () => {
    const [running, stopped] = [container('joined'), container('joined-stopped')];

    expect([running.State.Running, stopped.State.Running]).toEqual([true, false]);
    expect(configDigest(running)).toBe(configDigest(stopped));
    expect(differences(running, stopped, facts)).toEqual([]);
  });

  test.each(['joined', 'joined-stopped'])('the networks of a create are those its API takes: %s', (name) => {
    const { NetworkingConfig } = spec(name);

    const front = isOlder(apiVersion, '1.44') ? JOINED_FRONT : { ...JOINED_FRONT, MacAddress: MAC };
    // Recorded on a later engine, whose own addresses look like chosen ones to who knows of API 1.47 and its engine.
    const back = container(name).NetworkSettings.Networks?.[BACK]?.MacAddress ?? '';
    const seemsChosen = apiVersion === '1.47' && back !== '' && !back.startsWith('02:42:');
    const both = { [FRONT]: front, [BACK]: { Aliases: ['billing'], ...(seemsChosen ? { MacAddress: back } : {}) } };
    expect(NetworkingConfig).toEqual({ EndpointsConfig: isOlder(apiVersion, '1.44') ? { [FRONT]: front } : both });
  });

  test('a chosen hardware address is in one place, and a generated one nowhere', () => {
    const atTop = isOlder(apiVersion, '1.44') ? MAC : undefined;

    expect(spec('joined')['MacAddress']).toBe(atTop);
    expect(JSON.stringify(spec('plain'), written)).not.toMatch(/MacAddress|02:42/);
  });

  test.each(NAMES)('nothing goes into a create that an engine fills in or no longer takes: %s', (name) => {
    const { HostConfig } = spec(name);
    const text = JSON.stringify(spec(name), written);

    expect(Object.keys(HostConfig)).not.toContain('Capabilities');
    expect(Object.keys(HostConfig)).not.toContain('KernelMemory');
    expect(text).not.toMatch(/"(NetworkID|EndpointID|DNSNames|Gateway|IPAddress|GraphDriver|Storage)"/);
    // Neither its own short id nor a stranger's: only names that people chose.
    expect(JSON.stringify(spec(name)['NetworkingConfig'] ?? {})).not.toMatch(/[0-9a-f]{12}/);
  });

  test('every digit of a limit, an unset variable and the retries are carried', () => {
    const most = 9_223_372_036_854_775_807n;

    expect(spec('joined')).toMatchObject({
      Env: expect.arrayContaining(['MODE=production', 'UNSET']),
      StopTimeout: 3,
      HostConfig: {
        Ulimits: [{ Name: 'locks', Soft: most, Hard: most }],
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 5 },
      },
    });
  });

  test('volumes that the engine made are pinned by their names, and are not filled again', () => {
    const { HostConfig } = spec('store');

    const { Binds, Mounts } = HostConfig as {
      readonly Binds: readonly string[];
      readonly Mounts: readonly JsonObject[];
    };
    const made = Binds.filter((bind) => /^[0-9a-f]{64}:/.test(bind)).map((bind) => bind.replace(/^[^:]*:/, ''));
    expect(made.toSorted()).toEqual(['/anonymous:nocopy', '/data:nocopy', '/solo:nocopy']);
    expect(Binds).toEqual(expect.arrayContaining([`${PREFIX}stock:/stock:z,nocopy`, '/tmp:/host:ro']));
    expect(Mounts.find(({ Target }) => Target === '/cache')).toMatchObject({
      Source: expect.stringMatching(/^[0-9a-f]{64}$/),
      VolumeOptions: { NoCopy: true },
    });
  });

  test('who lives in another’s network, or the host’s, asks for none', () => {
    const lodger = spec('lodger');

    expect(lodger.HostConfig['NetworkMode']).toMatch(/^container:/);
    for (const field of ['Hostname', 'ExposedPorts', 'MacAddress', 'NetworkingConfig'])
      expect(lodger).not.toHaveProperty(field);
    expect(spec('on-the-host')).not.toHaveProperty('NetworkingConfig');
  });

  test('an entrypoint that was cleared is cleared again, and an empty list stays one', () => {
    const capable = spec('capable', { Entrypoint: ['/bin/busybox'] });

    expect(capable['Entrypoint']).toEqual(['']);
    expect(capable.HostConfig).toMatchObject({
      MaskedPaths: [],
      CapAdd: ['net_admin', 'CAP_SYS_TIME'],
      CapDrop: ['all'],
    });
  });
});

function written(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
