import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical-json.ts';
import type { JsonValue } from '../model/json.ts';
import type { ContainerInspect, EndpointSettings } from '../model/snapshot.ts';

/**
 * A digest of what a container was told to be, as `sha256:…`: it is the same through stops, starts and reboots, and
 * another once anybody changes its configuration or puts another container in its place. Secrets must be digested before.
 */
export function configDigest(inspect: ContainerInspect): string {
  const { Name, Image, Config, HostConfig, Mounts, NetworkSettings } = inspect;
  // In another container's network it shows, once it has run, that container's host name.
  const borrowed = HostConfig.NetworkMode?.startsWith('container:') ? { Hostname: '', Domainname: '' } : {};
  const configuration = {
    Name,
    Image,
    Config: { ...Config, ...borrowed },
    HostConfig,
    Mounts: (Mounts ?? [])
      .map(({ Type, Name: volume, Source, Destination, RW }) => ({ Type, Name: volume, Source, Destination, RW }))
      .toSorted((a, b) => (a.Destination < b.Destination ? -1 : 1)),
    Networks: Object.fromEntries(
      Object.entries(NetworkSettings.Networks ?? {}).map(([network, endpoint]) => [
        network,
        { IPAMConfig: endpoint.IPAMConfig, Aliases: ownAliases(endpoint, inspect) },
      ]),
    ),
  };
  // Interfaces lack the index signature of JSON objects; what they describe came from JSON.
  const text = canonicalJson(configuration as unknown as JsonValue);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Engines before API 1.45 add the short id and the host name while a container runs. */
function ownAliases({ Aliases }: EndpointSettings, { Id, Config }: ContainerInspect): readonly string[] {
  return (Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12) && alias !== Config.Hostname).toSorted();
}
