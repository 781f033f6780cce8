import { EnforceError } from '../model/errors.ts';
import { LOCK_LABELS, LOCK_NAME } from '../model/names.ts';
import type { Operation } from '../model/plan.ts';
import type { ContainerInspect } from '../model/snapshot.ts';

/** Who may change a host: a container that is created and never started, as the engine has room for one of its name. */
export interface Lock {
  readonly id: string;
  /** Tells this taking of the lock from every other. */
  readonly token: string;
  /** `user@machine` */
  readonly operator: string;
  readonly run: string;
  /** The process that took it, as its own machine tells processes apart. */
  readonly process: string;
  /** Milliseconds since 1970 by the engine's clock. */
  readonly takenAt: number;
  /** Seconds in which its holder may send calls. */
  readonly leaseSeconds: number;
  /** Seconds after which no call that was sent can still have an effect. */
  readonly drainSeconds: number;
}

/** The lock a container is; undefined for one that only bears the name. */
export function lockOf({ Id, Created = '', Config }: ContainerInspect): Lock | undefined {
  const labels = Config.Labels ?? {};
  const told = (label: string): string => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : '');
  const token = told(LOCK_LABELS.token);
  const lease = Number(told(LOCK_LABELS.lease));
  const drain = Number(told(LOCK_LABELS.drain));
  if (token === '' || !(lease > 0) || !(drain >= 0)) return undefined;
  return {
    id: Id,
    token,
    operator: told(LOCK_LABELS.operator),
    run: told(LOCK_LABELS.run),
    process: told(LOCK_LABELS.process),
    takenAt: Date.parse(Created),
    leaseSeconds: lease,
    drainSeconds: drain,
  };
}

/** The call that takes a lock. Its image's volumes are covered, so that none is made for a container that never runs. */
export function lockOperation(
  lock: Omit<Lock, 'id' | 'takenAt'>,
  image: { readonly id: string; readonly volumes: readonly string[] },
): Operation {
  return {
    kind: 'create',
    name: LOCK_NAME,
    spec: {
      Image: image.id,
      Entrypoint: ['/enforce-lock-is-never-started'],
      Labels: {
        [LOCK_LABELS.token]: lock.token,
        [LOCK_LABELS.operator]: lock.operator,
        [LOCK_LABELS.run]: lock.run,
        [LOCK_LABELS.process]: lock.process,
        [LOCK_LABELS.lease]: String(lock.leaseSeconds),
        [LOCK_LABELS.drain]: String(lock.drainSeconds),
      },
      HostConfig: {
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        Mounts: image.volumes.map((path) => ({ Type: 'tmpfs', Target: path })),
      },
    },
  };
}

/** Seconds until somebody else may take a lock over, if it is not given back: its lease, and what was sent in it, are over. */
export function secondsLeft({ takenAt, leaseSeconds, drainSeconds }: Lock, engineTime: number | undefined): number {
  const age = engineTime === undefined || Number.isNaN(takenAt) ? 0 : Math.max(0, (engineTime - takenAt) / 1000);
  return Math.max(0, leaseSeconds + drainSeconds - age);
}

/** What is said while somebody else is waited for. */
export function waitingFor({ operator, run, takenAt }: Lock, engineTime: number | undefined): string {
  const seconds = engineTime === undefined ? Number.NaN : Math.max(0, Math.round((engineTime - takenAt) / 1000));
  const since = Number.isNaN(seconds) ? '' : `, which has had this host for ${seconds} s`;
  return `waiting for run ${run} of ${operator}${since}`;
}

/** The error of whoever does not wait, or not any longer. */
export function lockedBy({ operator, run, id }: Lock, left: number): EnforceError {
  return new EnforceError(
    'locked',
    `run ${run} of ${operator} is changing this host; its lock ends by itself in ${Math.ceil(left)} s at the latest`,
    {
      hint: `wait for it with --lock-timeout; if it is known to be dead: enforce unlock ${id.slice(0, 12)}`,
    },
  );
}
