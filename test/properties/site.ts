import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LimitFunction } from 'p-limit';
import pLimit from 'p-limit';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { callEngine } from '../support/call-engine.ts';
import { busyboxImage } from '../support/docker.ts';
import { text } from '../support/memory-engine/fields.ts';
import type { RealEngine } from '../support/real-engine.ts';
import { WAIT } from './any-process.ts';

/** What trials find on the engine: two images, three networks, and a container that others lean on. */
export interface Site {
  readonly engine: RealEngine;
  /** What stands for the words of a case. Trials of one lane follow one another; ports that failed may stay taken. */
  words(name: string, lane: number, trial: number): Promise<Readonly<Record<string, string>>>;
  /** The engine's API, without enforce. */
  readonly call: (
    method: string,
    path: string,
    body?: JsonValue,
  ) => Promise<{ readonly status: number; readonly body: JsonValue }>;
  /** Lets only one of those that were given do its work at a time: enforce changes one container of a host after the other. */
  readonly inTurn: LimitFunction;
  leave(): Promise<void>;
}

const LADEN = 'enforce-test/laden:1';

/** Furnishes the engine. */
export async function furnish(engine: RealEngine): Promise<Site> {
  const { docker, prefix, socketPath } = engine;
  const call: Site['call'] = (method, path, body) => callEngine(socketPath, method, path, body);
  const folder = await mkdtemp(join(tmpdir(), 'enforce-property-'));
  const plain = await busyboxImage(docker, 'enforce-test/waiting:1', [
    `CMD ${JSON.stringify(['/bin/sh', '-c', WAIT])}`,
  ]);
  await ladenImage(docker, call);
  for (const [name, subnets] of Object.entries(SUBNETS)) {
    await expectStatus(201, call('POST', '/networks/create', network(`${prefix}${name}`, subnets)));
  }
  await docker(
    'run',
    '-d',
    '--ipc',
    'shareable',
    '-v',
    '/lent',
    '-v',
    `${prefix}lent:/lent too`,
    '--name',
    `${prefix}anchor`,
    plain,
  );
  for (const name of Object.keys(SUBNETS)) await docker('network', 'connect', `${prefix}${name}`, `${prefix}anchor`);
  const known: Record<string, string> = { PLAIN: plain, LADEN, PREFIX: prefix, ANCHOR: `${prefix}anchor` };
  known['ANCHOR-ID'] = (await engine.inspect(`${prefix}anchor`)).Id;
  for (const name of Object.keys(SUBNETS))
    known[`${name.toUpperCase()}-ID`] = await docker('network', 'inspect', '-f', '{{.Id}}', `${prefix}${name}`);
  return {
    engine,
    call,
    async words(name, lane, trial) {
      const own = join(folder, String(trial));
      for (const inner of ['inner', 'with space']) await mkdir(join(own, inner), { recursive: true });
      const first = 20_000 + (trial % 400) * 30;
      const ports = Array.from({ length: 30 }, (_, index) => [`PORT+${index}`, String(first + index)] as const);
      return { ...known, ...Object.fromEntries(ports), NAME: name, FOLDER: own, 'HOST-NUMBER': String(10 + lane) };
    },
    inTurn: pLimit(1),
    async leave() {
      await engine.cleanUp();
      await docker('image', 'rm', '-f', plain, LADEN);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const SUBNETS: Readonly<Record<string, readonly string[]>> = {
  front: ['172.29.80.0/24', 'fd00:29:80::/64'],
  back: ['172.29.81.0/24'],
  audit: [],
};

function network(Name: string, subnets: readonly string[]): JsonObject {
  return {
    Name,
    EnableIPv6: subnets.some((subnet) => subnet.includes('::')),
    ...(subnets.length > 0 ? { IPAM: { Config: subnets.map((Subnet) => ({ Subnet })) } } : {}),
  };
}

/** An import takes neither a shell nor a stop signal, a commit does. */
async function ladenImage(docker: RealEngine['docker'], call: Site['call']): Promise<void> {
  const base = await busyboxImage(docker, 'enforce-test/laden-base:1', [
    'ENTRYPOINT ["/bin/sh","-c"]',
    `CMD ${JSON.stringify([WAIT])}`,
    'ENV A=1 B=2',
    'VOLUME ["/data","/cache"]',
    'EXPOSE 8080 9090/udp',
    'WORKDIR /srv',
    'LABEL com.example.image=laden com.example.team=image',
    'HEALTHCHECK --interval=200ms --retries=2 CMD ["/bin/true"]',
  ]);
  const made = await expectStatus(201, call('POST', '/containers/create', { Image: base }));
  const id = isJsonObject(made) ? text(made['Id']) : '';
  const query = new URLSearchParams({ container: id, repo: 'enforce-test/laden', tag: '1' });
  const config = { StopSignal: 'SIGINT', Shell: ['/bin/sh', '-ec'], OnBuild: ['RUN true'] };
  await expectStatus(201, call('POST', `/commit?${query.toString()}`, config));
  await call('DELETE', `/containers/${id}?v=1`);
  await docker('image', 'rm', base);
}

async function expectStatus(
  status: number,
  answer: Promise<{ readonly status: number; readonly body: JsonValue }>,
): Promise<JsonValue> {
  const { status: given, body } = await answer;
  if (given !== status) throw new Error(`the engine answered ${given}: ${JSON.stringify(body)}`);
  return body;
}
