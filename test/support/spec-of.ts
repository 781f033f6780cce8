import type { SpecSources } from '../../src/apply/container-spec.ts';
import { containerSpec } from '../../src/apply/container-spec.ts';
import type { ContainerSpec } from '../../src/model/plan.ts';
import type { ContainerInspect, EngineFacts } from '../../src/model/snapshot.ts';
import { snapshot } from './containers.ts';

/** The marks of run 7f3a. */
export const MARKS = {
  run: '7f3a',
  target: 'web',
  replaces: 'c0ffee',
  before: { activity: 'running', restart: 'no:0' },
  order: 'stop-first',
  keeps: 'container',
  carry: 'none',
  dependants: [],
  edits: [],
  plan: 'sha256:p1an',
  keepUntil: '2026-11-29T00:00:00.000Z',
} as const;

/** The same marks as a candidate's labels. */
export const MARKED = {
  'io.enforce.run': '7f3a',
  'io.enforce.target': 'web',
  'io.enforce.replaces': 'c0ffee',
  'io.enforce.restart': 'no:0',
  'io.enforce.activity': 'running',
  'io.enforce.order': 'stop-first',
  'io.enforce.keeps': 'container',
  'io.enforce.carry': 'none',
  'io.enforce.leader': '',
  'io.enforce.dependants': '',
  'io.enforce.before': '{}',
  'io.enforce.plan': 'sha256:p1an',
  'io.enforce.keep-until': '2026-11-29T00:00:00.000Z',
};

/** An engine that speaks an API. */
export function engineOfApi(apiVersion = '1.41'): EngineFacts {
  return { ...snapshot([]).engine, apiVersion };
}

/** The body that would create a container again; its image has no entrypoint and its name stands for it, if not said otherwise. */
export function specOf(inspect: ContainerInspect, different: Partial<SpecSources> = {}): ContainerSpec {
  return containerSpec(inspect, {
    engine: engineOfApi(),
    image: { id: inspect.Image, tags: [], config: {} },
    namedImageId: inspect.Image,
    edits: [],
    marks: MARKS,
    successors: [],
    ...different,
  });
}
