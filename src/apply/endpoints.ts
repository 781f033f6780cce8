import { isOlder } from '../model/api-version.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { ContainerInspect, EndpointSettings, EngineFacts } from '../model/snapshot.ts';

/** One network a container is in, and how to join it again. */
export interface Endpoint {
  readonly network: string;
  /** The network its NetworkMode names; the one a create call must carry. */
  readonly isPrimary: boolean;
  readonly endpoint: JsonObject;
}

/**
 * The networks of a container, by name, rebuilt from what a person chose: aliases, links, static addresses, options. What
 * the engine filled in — ids, addresses, its own MAC — is left out; sent back it would pin it (N1).
 */
export function endpointsOf(inspect: ContainerInspect, engine: EngineFacts): readonly Endpoint[] {
  const mode = inspect.HostConfig.NetworkMode ?? 'default';
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return [];
  return Object.entries(inspect.NetworkSettings.Networks ?? {}).map(([network, settings]) => ({
    network,
    isPrimary: isPrimary(mode, network, settings),
    endpoint: endpointOf(inspect, engine, network, settings, isPrimary(mode, network, settings)),
  }));
}

function isPrimary(mode: string, network: string, { NetworkID }: EndpointSettings): boolean {
  return mode === network || mode === NetworkID || (mode === 'default' && network === 'bridge');
}

function endpointOf(
  inspect: ContainerInspect,
  engine: EngineFacts,
  network: string,
  settings: EndpointSettings,
  primary: boolean,
): JsonObject {
  const own: Record<string, JsonValue | undefined> = {};
  if (settings.DriverOpts) own['DriverOpts'] = settings.DriverOpts;
  if (settings.Links?.length) own['Links'] = settings.Links;
  if (settings.GwPriority) own['GwPriority'] = settings.GwPriority;
  if (primary && !isOlder(engine.apiVersion, '1.44') && inspect.Config.MacAddress)
    own['MacAddress'] = inspect.Config.MacAddress;
  // The engine refuses aliases and fixed addresses on its own default bridge (N4).
  if (network === 'bridge') return own;
  const aliases = chosenAliases(inspect, engine, settings);
  if (aliases.length > 0) own['Aliases'] = aliases;
  if (settings.IPAMConfig && Object.keys(settings.IPAMConfig).length > 0) own['IPAMConfig'] = settings.IPAMConfig;
  return own;
}

/** Aliases without the ones the engine adds by itself: the short id and, before API 1.45, the host name. */
export function chosenAliases(
  { Id, Config }: ContainerInspect,
  engine: EngineFacts,
  { Aliases }: EndpointSettings,
): readonly string[] {
  const shortId = Id.slice(0, 12);
  const addsHostname = isOlder(engine.apiVersion, '1.45');
  return (Aliases ?? []).filter(
    (alias) => alias !== shortId && !(addsHostname && alias === Config.Hostname && isShortId(alias)),
  );
}

function isShortId(text: string): boolean {
  return /^[0-9a-f]{12}$/.test(text);
}
