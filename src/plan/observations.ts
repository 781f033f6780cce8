import { isOlder } from '../model/api-version.ts';
import type { PortMove } from '../model/plan.ts';
import { engineAccess } from './engine-access.ts';
import type { Container, EngineFacts, Snapshot } from '../model/snapshot.ts';

/** Things the operator should see beside the diff of a container that is to be recreated. */
export function observations(
  container: Container,
  { machine, engine }: Snapshot,
  moves: readonly PortMove[],
): readonly string[] {
  const { listeners, ephemeralPorts, units } = machine;
  return [
    ...(container.inspect.State.Health?.Status === 'unhealthy'
      ? ['it is unhealthy already; afterwards it is only held to be no worse']
      : []),
    ...(lostItsName(container)
      ? [
          `the name ${container.inspect.Config.Image} does not stand for its image any more: it is created again from the image it runs, by id, and what goes by the name (profiles, exceptions, the catalogue) no longer finds it`,
        ]
      : []),
    ...engineAccessSeen(container),
    ...(units.known ? [] : [`whether a systemd unit runs it could not be read (${units.because})`]),
    ...losses(container, engine),
    ...(moves.length === 0 || listeners.known
      ? []
      : [
          `what the host itself listens on could not be read (${listeners.because}); a taken port shows at start and is rolled back`,
        ]),
    ...(moves.length === 0 || ephemeralPorts.known
      ? []
      : [`which ports the host gives out by itself could not be read (${ephemeralPorts.because})`]),
  ];
}

function engineAccessSeen(container: Container): readonly string[] {
  const access = engineAccess(container);
  if (access === undefined) return [];
  return [
    `it can reach the engine (${access}) and may start, stop or change containers while enforce does: look at what it does first`,
  ];
}

/** What will not be as it was and is no reason to leave the container alone, and what could not be looked at. */
function losses({ inspect, details }: Container, engine: EngineFacts): readonly string[] {
  const { HostConfig, NetworkSettings, Mounts } = inspect;
  const unseen = details?.hostPaths.find(({ exists }) => !exists.known)?.exists;
  const tmpfs = [
    ...Object.keys(HostConfig.Tmpfs ?? {}),
    ...(Mounts ?? []).flatMap(({ Type, Destination }) => (Type === 'tmpfs' ? [Destination] : [])),
  ];
  const macvlan = Object.keys(NetworkSettings.Networks ?? {}).find(
    (network) =>
      network !== HostConfig.NetworkMode &&
      (details?.networks.some(({ name, driver }) => name === network && driver === 'macvlan') ?? false),
  );
  return [
    ...(HostConfig.ContainerIDFile
      ? [`${HostConfig.ContainerIDFile} on the machine that made it keeps the old id (--cidfile): see who reads it`]
      : []),
    ...(tmpfs.length > 0 ? [`what is in its tmpfs (${tmpfs.join(', ')}) is lost, as at every stop`] : []),
    ...(unseen && !unseen.known
      ? [`whether the host still has what it mounts could not be seen (${unseen.because})`]
      : []),
    ...(macvlan !== undefined && !isOlder(engine.apiVersion, '1.48')
      ? [`it gets a new MAC address on ${macvlan}: this engine does not tell whether somebody chose the one it has`]
      : []),
  ];
}

/** Whether a container's image name stands for another image by now, or for none; it is then created by the image's id. */
export function lostItsName({ inspect, details }: Container): boolean {
  return (
    details !== undefined && details.namedImageId !== inspect.Image && !inspect.Image.includes(inspect.Config.Image)
  );
}
