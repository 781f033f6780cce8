import { describe, expect, test } from '@jest/globals';
import { chosenContainers, requireChosen } from '../../src/cli/observable-containers.ts';
import type { EngineReader } from '../../src/engine/engine.ts';
import type { EngineFacts } from '../../src/model/snapshot.ts';
import { inspectOf } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';

const WEB = inspectOf('web', { HostConfig: { CapDrop: ['ALL'], CapAdd: ['CHOWN'] } });
const DOWN = inspectOf('down', { State: { Status: 'exited', Running: false, Pid: 0 } });
const SHORT = inspectOf('short', { HostConfig: { AutoRemove: true } });
const LODGER = inspectOf('lodger', { HostConfig: { NetworkMode: `container:${WEB.Id}` } });

function engine(different: Partial<EngineFacts> = {}): EngineReader {
  const reader = engineOf([WEB, DOWN, SHORT]);
  return { ...reader, facts: async () => ({ ...(await reader.facts()), ...different }) };
}

describe('the containers of a host that are observed', () => {
  test.each([
    [['web'], ['web']],
    [['*'], ['web', 'short']],
    [[WEB.Id.slice(0, 12)], ['web']],
    [['w'], []],
    [[WEB.Id.slice(0, 3)], []],
  ])('are those that %j names and that run', async (wanted, names) => {
    const { containers } = await chosenContainers('web-1', wanted, engine(), false);

    expect(containers.map(({ name }) => name)).toEqual(names);
  });

  test('come with what they may hold, where nobody else tells', async () => {
    const { containers } = await chosenContainers('web-1', ['web'], engine(), false);

    expect(containers).toEqual([{ id: WEB.Id, name: 'web', pid: 4711, held: ['CHOWN'], stopTimeout: null }]);
  });

  test('are never stopped ones, which --start leaves as they are', async () => {
    const { containers, stopped } = await chosenContainers('web-1', ['*'], engineOf([WEB, DOWN]), true);

    expect(containers.map(({ name }) => name)).toEqual(['web']);
    expect(stopped).toEqual(['down']);
  });

  test.each([
    ['short', 'is removed when it stops'],
    ['web', 'lends its network to lodger'],
  ])('are not restarted where that would lose something: %s', async (name, because) => {
    const choosing = chosenContainers('web-1', [name], engineOf([WEB, SHORT, LODGER]), true);

    await expect(choosing).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(because) });
  });

  test.each<[Partial<EngineFacts>, string]>([
    [{ kind: 'podman' }, 'Podman'],
    [{ securityOptions: ['name=seccomp,profile=default', 'name=rootless'] }, 'rootless'],
  ])('are none of an engine of another kind: %j', async (facts, because) => {
    const choosing = chosenContainers('web-1', ['web'], engine(facts), false);

    await expect(choosing).rejects.toMatchObject({
      message: expect.stringContaining(because),
      hint: expect.any(String),
    });
  });
});

describe('words that name nothing', () => {
  const chosen = (wanted: string) => chosenContainers('web-1', [wanted], engine(), false);

  test.each([
    ['wbe', 'no container matches "wbe"', 'there are down, short, web'],
    ['down', '"down" does not run', 'start it yourself first: --start restarts only what runs'],
  ])('are errors: %s', async (wanted, message, hint) => {
    const hosts = [await chosen(wanted)];

    expect(() => requireChosen([wanted], hosts, false)).toThrow(expect.objectContaining({ message, hint }));
  });

  test('may be on a host that was not read', async () => {
    const hosts = [await chosen('wbe')];

    expect(() => requireChosen(['wbe'], hosts, true)).not.toThrow();
  });
});
