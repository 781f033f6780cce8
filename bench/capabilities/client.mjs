import { engine, execute, OWNED } from './container.mjs';
import { imageOf } from './image.mjs';

/** What the requests of cases come from. */
export const CLIENT = {
  name: 'client',
  packages: [
    ['postgresql-client', 'mariadb-client', 'rsync', 'smbclient', 'openssh-client', 'sshpass', 'curl', 'ldap-utils'],
    ['snmp', 'freeradius-utils', 'tftp-hpa', 'openssl', 'bind9-dnsutils', 'mosquitto-clients', 'chrony', 'redis-tools'],
  ].flat(),
  command: ['sleep', 'infinity'],
};
const running = new Map();

/** A command in a container with the usual clients, beside the service; it finds the service at `$HOST`. */
export async function clientOn(network, ip, command) {
  if (!running.has(network)) running.set(network, startClient(network));
  const { container } = await running.get(network);
  return execute(container, ['env', `HOST=${ip}`, 'timeout', '8', 'sh', '-c', command]);
}

export async function removeClients() {
  for (const started of running.values()) await (await started).container.remove({ force: true, v: true });
  running.clear();
}

async function startClient(network) {
  const container = await engine.createContainer({
    Image: imageOf(CLIENT),
    Labels: OWNED,
    HostConfig: { NetworkMode: network, Init: true },
  });
  await container.start();
  return { container };
}
