import { expect, test } from '@jest/globals';
import { durations } from '../../src/apply/lock-terms.ts';
import { inspectOf } from '../support/containers.ts';

const SLOW = inspectOf('db', { Config: { StopTimeout: 50, Healthcheck: { StartPeriod: 30e9 } } });

test('a lock lasts for two stops and a start of each container, and for one more of each where it is tried by a restart', () => {
  const containers = [SLOW, inspectOf('web')];

  const leases = [0, 1].map((restarts) => durations({ containers, deadlineSeconds: 100, restarts }).leaseSeconds);

  expect(leases).toEqual([60 + 2 * (60 + 20) + (130 + 100), 60 + 3 * (60 + 20) + 2 * (130 + 100)]);
  expect(durations({ containers, deadlineSeconds: 100 }).leaseSeconds).toBe(leases[0]);
});

test('a lock holds for the time that new containers are watched too, and for the look after it', () => {
  const containers = [SLOW, inspectOf('web')];
  const lease = (soakSeconds: number): number =>
    durations({ containers, deadlineSeconds: 100, soakSeconds }).leaseSeconds;

  expect(lease(600) - lease(0)).toBe(600 + (130 + 100));
});

test('what it may still do after that is as long as its longest stop', () => {
  expect(durations({ containers: [SLOW, inspectOf('web')], deadlineSeconds: 100 }).drainSeconds).toBe(65);
});
