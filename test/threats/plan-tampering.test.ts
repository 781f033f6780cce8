import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonValue } from '../../src/model/json.ts';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

describe('T12, a saved plan that somebody edits between review and apply', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  let file: string;
  let text: string;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    operator = operatorOf(fleet);
    serve(fleet.engine('web-1'), 'web', 80);
    serve(fleet.engine('web-1'), 'api', 9000, { CapDrop: ['ALL'] });
    file = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', file);
    text = readFileSync(file, 'utf8');
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('is not carried out when a bit of its change is another, of which every third is tried', async () => {
    const carriedOut: string[] = [];
    const all = everyTampering(JSON.parse(text) as Document, ['changes', '0']);
    const tampered = all.filter((_one, at) => at % 3 === 0);

    for (const { path, document } of tampered) {
      const { exitCode } = await applied(document);
      if (exitCode === 0 || writesTo(fleet.engine('web-1')).length > 0) carriedOut.push(path);
      if (carriedOut.length > 0) break;
    }

    expect(all.length).toBeGreaterThan(100);
    expect(carriedOut).toEqual([]);
  }, 600_000);

  test.each<[string, (change: Change) => void]>([
    ['all capabilities instead of some', ({ after }) => (after['HostConfig.CapAdd'] = ['ALL'])],
    ['no capability dropped', ({ after }) => (after['HostConfig.CapDrop'] = [])],
    ['another new port', ({ after }) => (after['HostConfig.PortBindings'] = { '80/tcp': [{ HostPort: '9090' }] })],
    ['privileged', (change) => edit(change, 'HostConfig.Privileged', false, true)],
    ['a mount of the host', (change) => edit(change, 'HostConfig.Binds', null, ['/:/host'])],
    ["the host's processes", (change) => edit(change, 'HostConfig.PidMode', '', 'host')],
    ['no seccomp', (change) => edit(change, 'HostConfig.SecurityOpt', null, ['seccomp=unconfined'])],
    ['another image', (change) => edit(change, 'Config.Image', 'shop/web:3', 'evil/web:3')],
    ['another command', (change) => edit(change, 'Config.Cmd', null, ['/bin/evil'])],
    ['a prototype', (change) => edit(change, '__proto__.Privileged', null, true)],
    ['nothing but a name', (change) => edit(change, 'Name', '/web', '/evil')],
    ['the container beside it', (change) => (change.id = fleet.engine('web-1').find('api')?.id ?? '')],
  ])('is not carried out with %s', async (_what, tamper) => {
    const document = JSON.parse(text) as Document;
    tamper(document.changes[0] as unknown as Change);
    const before = standing(fleet.engine('web-1'));

    const { exitCode, stdout } = await applied(document);

    expect([exitCode, stdout]).toEqual([2, expect.stringMatching(/web {2}skipped: stale: /)]);
    expect(writesTo(fleet.engine('web-1'))).toEqual([]);
    expect(standing(fleet.engine('web-1'))).toEqual(before);
  });

  test('does what it said or nothing, whichever bit around its change is another', async () => {
    const tampered = everyTampering(JSON.parse(text) as Document, []).filter(({ path }) => !path.startsWith('changes'));
    const otherwise: string[] = [];

    for (const { path, document } of tampered) {
      await applied(document);
      const now = standing(fleet.engine('web-1'))
        .filter((line) => line.includes('running'))
        .join();
      if (now === 'api running 9000,web running 8080') await operator.enforce('rollback', '--yes');
      else if (now !== 'api running 9000,web running 80') otherwise.push(`${path}: ${now}`);
    }

    expect(tampered.length).toBeGreaterThan(20);
    expect(otherwise).toEqual([]);
  }, 600_000);

  test('in which a change stands twice makes it once', async () => {
    const document = JSON.parse(text) as Document;

    const { stdout } = await applied({
      ...document,
      changes: [...document.changes, ...document.changes],
      port_changes: [...document.port_changes, ...document.port_changes],
    });

    expect(stdout).toMatch(/web {2}applied/);
    expect(stdout).toMatch(/web {2}skipped: stale: it is called web\.enforce-bak-/);
    // One is the lock's.
    expect(writesTo(fleet.engine('web-1')).filter((call) => call === 'POST /containers/create')).toHaveLength(2);
  });

  test('that tells the owner of the load balancer another port than the change is refused', async () => {
    const document = JSON.parse(text) as Document;

    const { exitCode, stderr } = await applied({ ...document, port_changes: [] });

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('expected the port moves of the changes')]);
  });

  test('in which a warning is missing is skipped with that warning', async () => {
    const document = JSON.parse(text) as Document;
    (document.changes[0] as { warnings: string[] }).warnings = [];

    const { stdout } = await applied(document);

    expect(stdout).toMatch(/web {2}skipped: stale: the plan does not say: weak evidence/);
  });

  test('for one rule is carried out for that rule: it could never be, as the whole playbook was held against it', async () => {
    await operator.enforce('plan', '--rule', 'privileged-host-port', '-o', file);

    const { exitCode } = await operator.enforce('apply', '--yes', file);

    expect(exitCode).toBe(0);
    expect(fleet.engine('web-1').find('web')?.hostConfig['CapDrop'] ?? null).toBeNull();
    expect(standing(fleet.engine('web-1'))).toContain('web running 8080');
  });

  function applied(document: object) {
    return operator.enforce('apply', '--yes', operator.write('tampered.json', JSON.stringify(document)));
  }
});

interface Document {
  readonly changes: readonly JsonValue[];
  readonly port_changes: readonly JsonValue[];
}

interface Change {
  id: string;
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

function edit({ before, after }: Change, path: string, from: JsonValue, to: JsonValue): void {
  before[path] = from;
  after[path] = to;
}

/** The document once for each value below a place in it, with one bit of that value turned, or the value left out. */
function everyTampering(whole: object, place: readonly string[]): readonly { path: string; document: object }[] {
  const rows: { path: string; document: object }[] = [];
  const visit = (value: JsonValue, path: readonly string[]): void => {
    for (const other of othersThan(value))
      rows.push({
        path: `${path.join('.')} = ${JSON.stringify(other)}`,
        document: replaced(whole, path, other) as object,
      });
    if (typeof value === 'object' && value !== null)
      for (const [key, member] of Object.entries(value as Record<string, JsonValue>)) visit(member, [...path, key]);
  };
  visit(
    place.reduce((at, key) => (at as Record<string, JsonValue>)[key] as JsonValue, whole as JsonValue),
    place,
  );
  return rows;
}

function othersThan(value: JsonValue): readonly JsonValue[] {
  if (typeof value === 'string') return [turned(value)];
  if (typeof value === 'number') return [value ^ 1];
  if (typeof value === 'boolean') return [!value];
  if (value === null) return ['x'];
  if (Array.isArray(value)) return value.length === 0 ? [] : [value.slice(1) as JsonValue];
  return [];
}

function turned(text: string): string {
  const at = Math.floor(text.length / 2);
  return text === '' ? 'x' : text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}

function replaced(value: unknown, [key, ...rest]: readonly string[], other: JsonValue): unknown {
  if (key === undefined) return other;
  const inner = replaced((value as Record<string, unknown>)[key], rest, other);
  return Array.isArray(value)
    ? value.map((item: unknown, at) => (String(at) === key ? inner : item))
    : { ...(value as object), [key]: inner };
}
