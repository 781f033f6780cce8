import { describe, expect, test } from '@jest/globals';
import type { Action } from '../../src/apply/next.ts';
import type { MemberSight } from '../../src/apply/observe.ts';
import { operationFor } from '../../src/apply/operation-for.ts';
import { failureOf } from '../support/failure-of.ts';
import { idOf, inspectOf } from '../support/containers.ts';
import { recorded } from '../support/recorded.ts';
import { engineOfApi, MARKS } from '../support/spec-of.ts';

const TARGET = { container: 'web', run: '7f3a' };
const OLD = idOf('web');
const NEW = idOf('web.enforce-new-7f3a');
const SIGHT: MemberSight = {
  target: TARGET,
  old: null,
  candidate: null,
  oldInspect: inspectOf('web'),
  candidateInspect: inspectOf('web.enforce-new-7f3a'),
};

function operation(action: Action, sight: MemberSight = SIGHT): ReturnType<typeof operationFor> {
  return operationFor(action, sight, engineOfApi(), {
    engine: engineOfApi(),
    image: { id: 'sha256:1a', tags: [], config: {} },
    namedImageId: null,
    edits: [],
    marks: MARKS,
    successors: [],
  });
}

describe('an action stands for one call', () => {
  test.each<[Action, object]>([
    [
      { kind: 'stop', who: 'old' },
      { kind: 'stop', id: OLD, timeoutSeconds: 10 },
    ],
    [
      { kind: 'start', who: 'candidate' },
      { kind: 'start', id: NEW },
    ],
    [
      { kind: 'remove', who: 'candidate' },
      { kind: 'remove', id: NEW },
    ],
    [
      { kind: 'rename', who: 'old', to: 'old' },
      { kind: 'rename', id: OLD, name: 'web.enforce-old-7f3a' },
    ],
    [
      { kind: 'rename', who: 'old', to: 'bak' },
      { kind: 'rename', id: OLD, name: 'web.enforce-bak-7f3a' },
    ],
    [
      { kind: 'rename', who: 'candidate', to: 'fail' },
      { kind: 'rename', id: NEW, name: 'web.enforce-fail-7f3a' },
    ],
    [
      { kind: 'rename', who: 'candidate', to: 'target' },
      { kind: 'rename', id: NEW, name: 'web' },
    ],
    [
      { kind: 'set-restart', who: 'old', restart: 'on-failure:5' },
      { kind: 'set-restart-policy', id: OLD, policy: { Name: 'on-failure', MaximumRetryCount: 5 } },
    ],
    [
      { kind: 'set-restart', who: 'candidate', restart: 'no:0' },
      { kind: 'set-restart-policy', id: NEW, policy: { Name: 'no', MaximumRetryCount: 0 } },
    ],
    [{ kind: 'create' }, { kind: 'create', name: 'web.enforce-new-7f3a', spec: { Image: SIGHT.oldInspect?.Image } }],
  ])('%j', (action, call) => {
    expect(operation(action)).toMatchObject(call);
  });

  test('which joins a network as the old one did', () => {
    const sight = { ...SIGHT, oldInspect: recorded('shop') };

    expect(operation({ kind: 'connect', network: 'enforce-apply-back' }, sight)).toEqual({
      kind: 'connect',
      id: NEW,
      network: 'enforce-apply-back',
      endpoint: { Aliases: ['billing', 'till'], DriverOpts: {} },
    });
  });
});

describe('there is no call', () => {
  test.each<[Action]>([
    [{ kind: 'examine' }],
    [{ kind: 'carry' }],
    [{ kind: 'verify' }],
    [{ kind: 'done', as: 'new' }],
  ])('for %j', async (action) => {
    const failure = await failureOf(() => operation(action));

    expect(failure.code).toBe('refused');
  });

  test('on a container that is gone', async () => {
    const failure = await failureOf(() =>
      operation({ kind: 'start', who: 'old' }, { ...SIGHT, oldInspect: undefined }),
    );

    expect(failure).toMatchObject({ code: 'refused', message: 'the old container is gone' });
  });
});
