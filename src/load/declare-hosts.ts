import { isHostName } from './address.ts';
import { badInventory, type Declaration, type Place, type Variable } from './declaration.ts';
import { expandHosts } from './host-range.ts';

/** The hosts that one entry of a group names, each with the same variables. */
export function declareHosts(
  entry: string,
  variables: readonly Variable[],
  group: string,
  place: Place,
): readonly Declaration[] {
  const expanded = expandHosts(entry);
  if (!expanded.ok) throw badInventory(place, expanded.because);
  const port = expanded.port === undefined ? [] : [{ name: 'ansible_port', value: expanded.port, place }];
  return expanded.names.map((host) => {
    if (!isHostName(host))
      throw badInventory(place, 'is not a name for a host; expected letters, digits, . _ + - or an IPv6 address');
    return { kind: 'host', group, host, variables: [...variables, ...port], place };
  });
}
