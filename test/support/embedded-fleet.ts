import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedHost } from './embedded-host.ts';
import { startEmbeddedHost } from './embedded-host.ts';
import { keyPair } from './key-pair.ts';
import { MemoryEngine } from './memory-engine/memory-engine.ts';
import type { StoreOptions } from './memory-engine/new-store.ts';

/** A host that is wanted. */
export interface FleetMember extends StoreOptions {
  readonly name: string;
  readonly group: string;
}

/** Hosts in this process, and the home folder of a person who may log in to them. */
export interface EmbeddedFleet {
  /** With `.ssh/known_hosts` and `.ssh/id_ed25519`: what `HOME` is set to. */
  readonly homeFolder: string;
  readonly inventoryFile: string;
  readonly hosts: ReadonlyMap<string, EmbeddedHost>;
  /** The engine of a host, which must be there. */
  engine(name: string): MemoryEngine;
  close(): Promise<void>;
}

/** Starts a host for each member, and writes the inventory and keys with which enforce reaches them like any other. */
export async function embeddedFleet(members: readonly FleetMember[]): Promise<EmbeddedFleet> {
  const homeFolder = await mkdtemp(join(tmpdir(), 'enforce-fleet-'));
  const user = keyPair();
  const hosts = new Map<string, EmbeddedHost>();
  const close = async (): Promise<void> => {
    await Promise.all([...hosts.values()].map((host) => host.close()));
    await rm(homeFolder, { recursive: true, force: true });
  };
  try {
    for (const { name, engine, ...options } of members) {
      const memory = await MemoryEngine.open({ ...options, engine: { hostName: name, id: `MEMO:${name}`, ...engine } });
      hosts.set(name, await startEmbeddedHost(memory, user.public));
    }
    const keyFile = join(homeFolder, '.ssh', 'id_ed25519');
    const inventoryFile = join(homeFolder, 'inventory.yml');
    await mkdir(join(homeFolder, '.ssh'), { mode: 0o700 });
    await writeFile(keyFile, user.private, { mode: 0o600 });
    await writeFile(join(homeFolder, '.ssh', 'known_hosts'), knownHosts(hosts));
    await writeFile(inventoryFile, inventory(members, hosts, keyFile));
    return {
      homeFolder,
      inventoryFile,
      hosts,
      engine(name) {
        const host = hosts.get(name);
        if (!host) throw new Error(`the fleet has no host ${name}`);
        return host.engine;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function knownHosts(hosts: ReadonlyMap<string, EmbeddedHost>): string {
  return [...hosts.values()].map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`).join('');
}

function inventory(members: readonly FleetMember[], hosts: ReadonlyMap<string, EmbeddedHost>, keyFile: string): string {
  const groups = [...new Set(members.map(({ group }) => group))].flatMap((group) => [
    `    ${group}:`,
    '      hosts:',
    ...members
      .filter((member) => member.group === group)
      .map(({ name }) => `        ${name}: { docker: "ssh://demo@127.0.0.1:${hosts.get(name)?.port ?? 0}" }`),
  ]);
  return ['all:', '  vars:', `    ansible_ssh_private_key_file: ${keyFile}`, '  children:', ...groups, ''].join('\n');
}
