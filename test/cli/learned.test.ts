import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import type { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import { DEFAULT_CAPABILITIES } from '../../src/model/capabilities.ts';
import { observationFolder } from '../../src/load/observation-file.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { observationFile } from '../../src/report/observation-document.ts';
import { profileText } from '../../src/report/profile-document.ts';
import { operatorOf, QUICK_PLAYBOOK, type Operator } from '../support/operator.ts';
import { aWatch, aUse } from '../support/watched.ts';
import { serve, shopFleet, standing } from '../support/shop-fleet.ts';

describe('what was learned', () => {
  let fleet: EmbeddedFleet;
  let engine: MemoryEngine;
  let operator: Operator;
  beforeEach(async () => {
    fleet = await shopFleet(['web-1']);
    engine = fleet.engine('web-1');
    operator = operatorOf(fleet, QUICK_PLAYBOOK);
    serve(engine, 'web', 80);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('of this very container by observing it decides too', async () => {
    const id = engine.find('web')?.id ?? '';
    const seen = aWatch({ id, uses: [aUse('SETUID', { call: 'setuid' })] });
    const folder = observationFolder(join(operator.folder, 'state'), engine.store.engine.id);
    mkdirSync(folder, { recursive: true });
    const text = jsonText(observationFile('web-1', engine.store.engine.id, [seen], '2026-11-22T04:00:00.000Z'));
    writeFileSync(join(folder, `${id}.json`), text);
    const file = join(operator.folder, 'plan.json');

    const plan = await operator.enforce('plan', '-o', file);
    const apply = await operator.enforce('apply', '--yes', file);

    expect(plan.stdout).toMatch(/caps {6}14 → 1 {3}confidence strong: watched for 10 min, from its start on/);
    expect(apply.stdout).toMatch(/web-1\/web {2}applied/);
    expect(engine.find('web')?.hostConfig['CapAdd']).toEqual(['SETUID']);
  });

  test('as a profile in the folder of runs decides what a plan keeps, and what was planned is what is applied', async () => {
    keepProfile('web.yml', profile());
    const file = join(operator.folder, 'plan.json');

    const plan = await operator.enforce('plan', '-o', file);
    const apply = await operator.enforce('apply', '--yes', file);

    expect(plan.stdout).toMatch(/caps {6}14 → 1 {3}confidence strong: a container of the same making was watched/);
    expect(plan.stdout).toContain('keep      SETUID');
    expect(apply.stdout).toMatch(/web-1\/web {2}applied/);
    expect(standing(engine)).toContain('web running 8080');
    expect(engine.find('web')?.hostConfig['CapAdd']).toEqual(['SETUID']);
  });

  test('as a profile beside the playbook that names it counts too', async () => {
    operator.write('web.profile.yml', profile());
    operator.write(
      'playbook.yml',
      QUICK_PLAYBOOK.replace('linux-capabilities: {}', 'linux-capabilities: { learned: [web.profile.yml] }'),
    );

    const { stdout } = await operator.enforce('plan');

    expect(stdout).toContain('gosu called setuid with it at start (web.profile.yml)');
  });

  test('after a plan was made leaves that plan stale, when something else comes out', async () => {
    const file = join(operator.folder, 'plan.json');
    await operator.enforce('plan', '-o', file);
    keepProfile('web.yml', profile());

    const { exitCode, stdout } = await operator.enforce('apply', '--yes', file);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/web-1\/web {2}skipped: stale: what would be done now differs from the plan/);
  });

  test('and spoilt ends the command before anything connects, with file and line', async () => {
    keepProfile('web.yml', profile().replace('SETUID: {', 'SETUIT: {'));

    const { exitCode, stderr } = await operator.enforce('plan');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/web\.yml:\d+: capabilities\.SETUIT: .*Linux does not have \(did you mean SETUID\?\)/);
  });

  function keepProfile(name: string, text: string): void {
    const folder = join(operator.folder, 'state', 'profiles');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  }

  /** Of a container like web, which becomes somebody else at start. */
  function profile(): string {
    const imageId = engine.find('web')?.image.id ?? '';
    const held = DEFAULT_CAPABILITIES.toSorted();
    return profileText({
      key: {
        repository: 'docker.io/shop/web',
        tag: '3',
        imageId,
        startDigest: null,
        user: '',
        entrypoint: '',
        command: '/bin/web',
        network: 'private',
        hasNoNewPrivileges: false,
        folders: [],
      },
      mode: 'equivalent',
      held,
      capabilities: held.map((capability) =>
        capability === 'SETUID'
          ? { ...NEEDED, capability, because: 'gosu called setuid with it at start' }
          : { ...NEEDED, capability, verdict: 'drop', class: 'silent', because: 'never asked for' },
      ),
      groups: [],
      proof: [
        {
          container: '0c210c210c21',
          at: '2026-11-20T04:00:00.000Z',
          seconds: 600,
          sawStart: true,
          ranBefore: true,
          sawStop: true,
          lostEvents: 0,
          gate: [],
        },
      ],
      trials: [],
    });
  }
});

const NEEDED = { verdict: 'keep', class: 'used-at-start', isTolerated: false } as const;
