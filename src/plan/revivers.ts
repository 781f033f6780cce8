import { createHash } from 'node:crypto';
import type { Blocked } from '../model/plan.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { imageName } from './image-name.ts';

/** A helper on the host that would start the old container again, or take it away, while it is kept. */
export function revived(container: Container, { containers }: Snapshot): Blocked | undefined {
  for (const helper of containers.filter(({ inspect }) => inspect.State.Running)) {
    const blocked = byWatchtower(container, helper) ?? byAutoheal(container, helper);
    if (blocked) return blocked;
  }
  return undefined;
}

const WATCHTOWER = 'com.centurylinklabs.watchtower';

/** Without these flags it looks at running containers only. */
function byWatchtower({ inspect }: Container, helper: Container): Blocked | undefined {
  const isWatchtower = /(?:^|\/)watchtower$/.test(imageName(helper)) || hasLabel(helper, WATCHTOWER, 'true');
  const isLeftOut = inspect.Config.Labels?.[`${WATCHTOWER}.enable`] === 'false';
  if (!isWatchtower || isLeftOut || !includesStopped(helper)) return undefined;
  return {
    because: `${helper.name} (watchtower) also updates stopped containers: it could remove or start the old one while it is kept`,
    hint: `docker stop ${helper.name} until the old one is gone, take --include-stopped and --revive-stopped from it, or label the container ${WATCHTOWER}.enable=false`,
  };
}

function includesStopped({ inspect: { Config } }: Container): boolean {
  const words = [...(Config.Entrypoint ?? []), ...(Config.Cmd ?? [])];
  const isFlagged = words.some(
    (word) => /^--(?:include|revive)-stopped(?:=|$)/.test(word) || /^-[A-Za-z]*S[A-Za-z]*$/.test(word),
  );
  return (
    isFlagged ||
    isSwitchedOn(Config.Env ?? [], 'WATCHTOWER_INCLUDE_STOPPED') ||
    isSwitchedOn(Config.Env ?? [], 'WATCHTOWER_REVIVE_STOPPED')
  );
}

/** It looks for unhealthy containers and then restarts each, whether or not it was stopped in between. */
function byAutoheal(container: Container, helper: Container): Blocked | undefined {
  if (container.inspect.State.Health?.Status !== 'unhealthy') return undefined;
  const isAutoheal = /(?:^|\/)(?:docker-)?autoheal$/.test(imageName(helper));
  if (!isAutoheal) return undefined;
  // Which label it goes by cannot be told where it is not the usual one.
  const goesByAnother = (helper.inspect.Config.Env ?? []).some((entry) =>
    entry.startsWith('AUTOHEAL_CONTAINER_LABEL='),
  );
  if (!goesByAnother && !hasLabel(container, 'autoheal', 'true')) return undefined;
  return {
    because: `it is unhealthy and ${helper.name} (autoheal) restarts what is: it could start the old one again in the middle of the change`,
    hint: `mend it first, or docker stop ${helper.name} for the time of the change`,
  };
}

function hasLabel({ inspect }: Container, label: string, value: string): boolean {
  return inspect.Config.Labels?.[label] === value;
}

/** Values of the environment are digests; those that switch it off are known, and anything else counts as on. */
function isSwitchedOn(environment: readonly string[], name: string): boolean {
  const entry = environment.find((candidate) => candidate.startsWith(`${name}=`));
  return entry !== undefined && !OFF.has(entry.slice(name.length + 1));
}

const OFF: ReadonlySet<string> = new Set(
  ['', '0', 'f', 'F', 'false', 'False', 'FALSE'].map(
    (value) => `sha256:${createHash('sha256').update(value).digest('hex').slice(0, 12)}`,
  ),
);
