import { isIPv6 } from 'node:net';
import { EnforceError } from '../model/errors.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import { didYouMean } from './nearest.ts';

/**
 * The hosts that a pattern of Ansible's names: `web:&prod:!canary`, parts joined by `:` or `,` in any order; every host
 * without one. A part that names nothing is an error, never an empty answer.
 */
export function selectHosts(inventory: Inventory, pattern: string | undefined): readonly Host[] {
  if (inventory.hosts.length === 0)
    throw new EnforceError('bad-inventory', 'the inventory has no hosts; expected at least one');
  if (pattern === undefined) return inventory.hosts;
  const parts = splitPattern(pattern, inventory).map((part) => ({
    part,
    hosts: hostsOf(part.replace(/^[&!]/, ''), inventory),
  }));
  if (parts.length === 0)
    throw new EnforceError('usage', 'the host pattern is empty; expected a host, a group, a glob or all');
  const named = parts.filter(({ part }) => !/^[&!]/.test(part));
  const start = named.length === 0 ? inventory.hosts : named.flatMap(({ hosts }) => [...hosts]);
  const selected = new Set(start);
  for (const { part, hosts } of parts) {
    if (!/^[&!]/.test(part)) continue;
    for (const host of selected) if (hosts.has(host) === part.startsWith('!')) selected.delete(host);
  }
  if (selected.size === 0)
    throw new EnforceError('usage', `no host is left of the pattern ${JSON.stringify(pattern)}; expected at least one`);
  return inventory.hosts.filter((host) => selected.has(host));
}

function hostsOf(name: string, { hosts }: Inventory): ReadonlySet<Host> {
  const found = hosts.filter((host) => matches(name, host));
  if (found.length > 0) return new Set(found);
  if (name.startsWith('@')) throw new EnforceError('usage', `the list ${name} was not read; expected hosts and groups`);
  const known = new Set(hosts.flatMap((host) => [host.name, ...host.groups]));
  const text = `no host or group matches ${JSON.stringify(name)}${didYouMean(name, known)}`;
  throw new EnforceError('usage', text, { hint: 'enforce hosts lists what the inventory has' });
}

function matches(name: string, host: Host): boolean {
  // Ansible's name for the hosts that no group but all holds.
  if (name === 'ungrouped' && host.groups.length === 1) return true;
  return matchesGlob(name, host.name) || host.groups.some((group) => matchesGlob(name, group));
}

function splitPattern(pattern: string, { hosts }: Inventory): readonly string[] {
  return pattern.split(',').flatMap((piece) => {
    const text = piece.trim();
    const name = text.replace(/^[&!]/, '');
    if (isIPv6(name) || hosts.some((host) => host.name === name)) return [text];
    return (text.match(/(?:\[[^\]]*\]|[^:[\]])+/g) ?? [])
      .map((part) => part.trim().replace(/^([&!]?)\[(.*:.*)\]$/, '$1$2'))
      .filter((part) => part !== '');
  });
}
