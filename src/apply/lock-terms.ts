import type { Engine } from '../engine/engine.ts';
import { EnforceError } from '../model/errors.ts';
import type { ContainerInspect } from '../model/snapshot.ts';
import type { Lock } from './lock.ts';
import { stopTimeoutSeconds } from './operation-for.ts';

/** How long a lock is needed, and what its container is made of. */
export interface LockTerms {
  /** Containers that will be stopped and started; the image of one of them serves the lock. */
  readonly containers: readonly ContainerInspect[];
  /** Longest time a health check may take, in seconds. */
  readonly deadlineSeconds: number;
  /** How often a new container is stopped and started once more, to see whether it comes up again; never when not given. */
  readonly restarts?: number;
  /** How long new containers are left to themselves before they are looked at once more; not at all when not given. */
  readonly soakSeconds?: number | undefined;
}

/** How long a lock holds, and how long the last call of its holder may have an effect. */
export function durations({
  containers,
  deadlineSeconds,
  restarts = 0,
  soakSeconds = 0,
}: LockTerms): Pick<Lock, 'leaseSeconds' | 'drainSeconds'> {
  const stops = containers.map(({ Config }) => stopTimeoutSeconds(Config.StopTimeout));
  const starts = containers.map(({ Config }) => (Config.Healthcheck?.StartPeriod ?? 0) / 1e9 + deadlineSeconds);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  return {
    leaseSeconds: Math.ceil(
      60 +
        (2 + restarts) * sum(stops.map((stop) => stop + 10)) +
        (1 + restarts) * sum(starts) +
        (soakSeconds === 0 ? 0 : soakSeconds + sum(starts)),
    ),
    drainSeconds: Math.ceil(Math.max(10, ...stops) + 15),
  };
}

/** An image that is there, to make the lock's container of. */
export async function imageFor(
  { containers }: LockTerms,
  engine: Engine,
): Promise<{ readonly id: string; readonly volumes: readonly string[] }> {
  for (const { Image } of containers) {
    const image = await engine.image(Image);
    if (image) return { id: image.id, volumes: Object.keys(image.config['Volumes'] ?? {}) };
  }
  throw new EnforceError('refused', 'no image is left on this host that its lock could be made of', {
    hint: 'docker pull the image of the container that is to be changed',
  });
}
