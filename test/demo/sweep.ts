import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { callEngine } from '../support/call-engine.ts';

/** What the demo looks at of a container in a list. */
export interface Listed {
  readonly id: string;
  readonly names: readonly string[];
  readonly state: string;
  readonly ports: readonly number[];
  readonly volumes: readonly string[];
}

/** Every container whose name begins with the prefix. */
export async function listOurs(socketPath: string, prefix: string): Promise<readonly Listed[]> {
  const { body } = await callEngine(socketPath, 'GET', '/containers/json?all=1');
  return objects(body)
    .map((row) => ({
      id: textOf(row['Id']),
      names: (Array.isArray(row['Names']) ? row['Names'] : []).map((name) => textOf(name as JsonValue).slice(1)),
      state: textOf(row['State']),
      ports: objects(row['Ports']).flatMap(({ PublicPort }) => (typeof PublicPort === 'number' ? [PublicPort] : [])),
      volumes: objects(row['Mounts']).flatMap(({ Type, Name }) => (Type === 'volume' ? [textOf(Name)] : [])),
    }))
    .filter(({ names }) => names.some((name) => name.startsWith(prefix)));
}

/** Removes everything the demo made on an engine: by its prefix, and the volumes its containers had. */
export async function sweep(socketPath: string, prefix: string, image: string): Promise<void> {
  const ours = await listOurs(socketPath, prefix);
  for (const { id } of ours) await callEngine(socketPath, 'DELETE', `/containers/${id}?force=1&v=1`);
  const { body } = await callEngine(socketPath, 'GET', '/volumes');
  const named = objects(isJsonObject(body) ? body['Volumes'] : null)
    .map(({ Name }) => textOf(Name))
    .filter((name) => name.startsWith(prefix));
  for (const volume of new Set([...named, ...ours.flatMap(({ volumes }) => volumes)]))
    await callEngine(socketPath, 'DELETE', `/volumes/${volume}`);
  for (const { Name, Id } of objects((await callEngine(socketPath, 'GET', '/networks')).body))
    if (textOf(Name).startsWith(prefix)) await callEngine(socketPath, 'DELETE', `/networks/${textOf(Id)}`);
  await callEngine(socketPath, 'DELETE', `/images/${image}`);
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
