import { normalizeCapability } from '../model/capabilities.ts';
import type { Container } from '../model/snapshot.ts';
import { imageName } from './image-name.ts';

/** Programs that carry other machines' connections, by the words in the name of their image. */
const TUNNEL_WORDS =
  /(?:^|[/_.-])(?:wireguard|wg-easy|wg-access-server|wg-portal|firezone|tailscale|headscale|openvpn|pritunl|gluetun|cloudflared|zerotier|zerotier-one|netbird|netmaker|netclient|softether|softethervpn|strongswan|ipsec-vpn-server|wstunnel|ocserv|openconnect|keepalived|bastion|openssh-server|warpgate|teleport)(?:$|[/_.-])/;
/** Names that mean something else as part of a longer one. */
const TUNNEL_NAMES = /(?:^|\/)(?:nebula|frp|frpc|frps|rathole|chisel|ngrok|sish|sshd|newt|gerbil|pangolin)$/;

/** Why a container may be a tunnel or a gateway through which others reach the host; undefined where nothing says so. */
export function tunnelSign(container: Container): string | undefined {
  const image = imageName(container);
  if (TUNNEL_WORDS.test(image) || TUNNEL_NAMES.test(image)) return `its image is ${image}`;
  const { HostConfig, Mounts } = container.inspect;
  const { CapAdd, Devices, Privileged, NetworkMode } = HostConfig;
  const administers = (CapAdd ?? []).map(normalizeCapability).some((name) => name === 'NET_ADMIN' || name === 'ALL');
  const hasTun =
    (Devices ?? []).some(({ PathOnHost }) => PathOnHost === '/dev/net/tun') ||
    (Mounts ?? []).some(({ Source }) => Source === '/dev/net/tun');
  if (hasTun && (administers || Privileged === true)) return 'it has /dev/net/tun and NET_ADMIN';
  if (administers && NetworkMode === 'host') return "it has NET_ADMIN in the host's own network";
  return undefined;
}
