import type { PublishedPort } from './finding.ts';
import type { ContainerInspect, HostConfig, PortBindings, Protocol } from './snapshot.ts';

/**
 * The host ports that lead into a container: what is bound now while it runs, what its next start will bind otherwise.
 * A port that is only exposed leads nowhere; one the engine will choose has no number until it runs.
 */
export function publishedPorts(inspect: ContainerInspect): readonly PublishedPort[] {
  if (!ownsPorts(inspect.HostConfig)) return [];
  return isBound(inspect)
    ? readBindings(inspect.NetworkSettings.Ports, 'running')
    : readBindings(inspect.HostConfig.PortBindings, 'configured');
}

/**
 * Every host port a container holds or may ever ask for, whether it runs or not: what a new port must stay clear of.
 * The engine's own choice for a range or an empty port is in it while the container runs.
 */
export function configuredPorts(inspect: ContainerInspect): readonly PublishedPort[] {
  if (!ownsPorts(inspect.HostConfig)) return [];
  const configured = readBindings(inspect.HostConfig.PortBindings, 'configured');
  return isBound(inspect) ? [...configured, ...readBindings(inspect.NetworkSettings.Ports, 'running')] : configured;
}

/** In these modes the engine keeps the bindings it was given and never acts on them. */
function ownsPorts({ NetworkMode: mode = '' }: HostConfig): boolean {
  return mode !== 'host' && mode !== 'none' && !mode.startsWith('container:');
}

/** Between two attempts of a crash loop the engine says Running, but nothing is bound. */
function isBound({ State }: ContainerInspect): boolean {
  return State.Running && State.Restarting !== true;
}

function readBindings(
  bindings: PortBindings | null | undefined,
  state: PublishedPort['state'],
): readonly PublishedPort[] {
  return Object.entries(bindings ?? {})
    .flatMap(([key, rows]) => {
      const inside = readKey(key);
      if (!inside) return [];
      return (rows ?? []).flatMap(({ HostIp, HostPort }) => {
        const range = readHostPort(HostPort ?? '');
        return range ? [{ hostIp: HostIp ?? '', ...range, ...inside, state }] : [];
      });
    })
    .toSorted(inOrder);
}

/** `80/tcp`; the engine takes `80` for it too. */
function readKey(key: string): { readonly containerPort: number; readonly protocol: Protocol } | undefined {
  const match = /^(?<port>\d{1,5})(?:-\d{1,5})?(?:\/(?<protocol>tcp|udp|sctp))?$/i.exec(key);
  if (!match?.groups) return undefined;
  return {
    containerPort: Number(match.groups['port']),
    protocol: (match.groups['protocol'] ?? 'tcp').toLowerCase() as Protocol,
  };
}

/** Empty and `0` stand for a port the engine chooses when it starts the container. */
function readHostPort(text: string): { readonly hostPort: number; readonly hostPortEnd: number } | undefined {
  const match = /^(?<first>\d{1,5})(?:-(?<last>\d{1,5}))?$/.exec(text);
  if (!match?.groups) return undefined;
  const first = Number(match.groups['first']);
  const last = Number(match.groups['last'] ?? first);
  return last >= 1 && last >= first && last <= 65535 ? { hostPort: Math.max(first, 1), hostPortEnd: last } : undefined;
}

function inOrder(a: PublishedPort, b: PublishedPort): number {
  return (
    a.hostPort - b.hostPort ||
    compareTexts(a.protocol, b.protocol) ||
    a.containerPort - b.containerPort ||
    compareTexts(a.hostIp, b.hostIp)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
