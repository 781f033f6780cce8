import type { SshAddress } from '../../model/inventory.ts';
import type { ConnectionSettings } from '../connection-settings.ts';
import { isOwnHome, targetOptions } from './ask-open-ssh.ts';
import type { SshSettings } from './ssh-settings.ts';

/** The options of every ssh process of one host: its own configuration, and nothing of that which asks, runs or forwards. */
export function openSshOptions(address: SshAddress, own: SshSettings, settings: ConnectionSettings): readonly string[] {
  const { identityFile } = address;
  const words = [
    'BatchMode=yes',
    'ClearAllForwardings=yes',
    'ControlPersist=no',
    'ForwardAgent=no',
    'ForwardX11=no',
    'RemoteCommand=none',
    'RequestTTY=no',
    'Tunnel=no',
    `IdentityAgent=${literal(own.agentSocket ?? 'none')}`,
    `ServerAliveInterval=${Math.max(1, Math.round(own.keepaliveMilliseconds / 1000))}`,
    `ServerAliveCountMax=${own.keepalivesMissed}`,
    // A key that is named is the one that is shown, as many as an agent may hold.
    ...(identityFile === undefined ? [] : [`IdentityFile=${literal(identityFile)}`, 'IdentitiesOnly=yes']),
    ...elsewhere(own, settings),
  ];
  return [
    ...targetOptions(address, settings),
    ...(address.user === undefined && own.user === settings.userName ? ['-l', own.user] : []),
    ...words.flatMap((word) => ['-o', word]),
  ];
}

/** `ssh` looks in the home of the account; files of another home, and those that were named, have to be told. */
function elsewhere(own: SshSettings, settings: ConnectionSettings): readonly string[] {
  const files = own.identityFiles.map((path) => `IdentityFile=${literal(path)}`);
  const known = `UserKnownHostsFile=${own.knownHostsFiles.map(literal).join(' ')}`;
  if (!isOwnHome(settings)) return [...files, known];
  return [
    ...(settings.identityFiles === undefined ? [] : files),
    ...(settings.knownHostsFiles === undefined ? [] : [known]),
  ];
}

function literal(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
