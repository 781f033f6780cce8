import { EnforceError } from '../../model/errors.ts';
import type { SshAddress } from '../../model/inventory.ts';

/** Reads a ProxyJump: the hosts to go through, in order. Each is an alias of its own to the ssh configuration. */
export function readJumps(text: string): SshAddress[] {
  return text.split(',').map((hop) => {
    const groups = layout.exec(hop.trim())?.groups;
    const hostName = groups?.['ip'] ?? groups?.['hostName'];
    if (groups === undefined || hostName === undefined) {
      throw new EnforceError('bad-connection-settings', `ProxyJump ${JSON.stringify(text)} is not user@host:port,…`);
    }
    const { user, port } = groups;
    return {
      kind: 'ssh',
      hostName,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port: Number(port) }),
      become: false,
    };
  });
}

const layout = /^(?:ssh:\/\/)?(?:(?<user>[^@]+)@)?(?:\[(?<ip>[^\]]+)\]|(?<hostName>[^:]+))(?::(?<port>\d+))?\/?$/;
