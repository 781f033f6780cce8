import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/model/json.ts';
import { anyText, some } from './any-value.ts';
import type { NetworkPlace, Part } from './container-case.ts';

/** How a container is reached, and how it reaches others. */
export function anyNetwork(): fc.Arbitrary<Part> {
  return fc
    .tuple(
      fc.oneof(
        { weight: 3, arbitrary: onBridge() },
        { weight: 6, arbitrary: onNetworks() },
        { weight: 3, arbitrary: elsewhere },
      ),
      ports(),
      names(),
    )
    .map(([place, published, resolving]) => ({
      ...place,
      config: { ...published.config, ...place.config },
      host: { ...published.host, ...resolving, ...place.host },
    }));
}

const elsewhere = fc.oneof(
  fc.constantFrom('none', 'host', 'container:@ANCHOR@').map((NetworkMode): Part => ({ host: { NetworkMode } })),
  fc.constant<Part>({ config: { NetworkDisabled: true } }),
);

function onBridge(): fc.Arbitrary<Part> {
  return fc
    .tuple(
      fc.constantFrom('', 'default', 'bridge'),
      fc.option(fc.constantFrom(['@ANCHOR@'], ['@ANCHOR@:mydb', '@ANCHOR@:second']), { nil: undefined, freq: 4 }),
      macAddress,
      places(['front', 'back']),
      fc.boolean(),
    )
    .map(([NetworkMode, links, MacAddress, connect, leaves]) => ({
      host: { NetworkMode, ...(links === undefined ? {} : { Links: links }) },
      config: { ...(MacAddress === undefined ? {} : { MacAddress }) },
      connect,
      // Whoever leaves the bridge must be somewhere else, and a link cannot be followed from there.
      disconnect: leaves && connect.length > 0 && links === undefined ? ['bridge'] : [],
    }));
}

function onNetworks(): fc.Arbitrary<Part> {
  return fc
    .tuple(
      fc.constantFrom('front', 'back', 'audit').chain((network) => fc.tuple(fc.constant(network), endpointIn(network))),
      fc.boolean(),
      places(['front', 'back', 'audit']),
      macAddress,
    )
    .map(([[first, endpoint], byId, others, MacAddress]) => ({
      host: { NetworkMode: byId ? `@${first.toUpperCase()}-ID@` : `@PREFIX@${first}` },
      config: { ...(MacAddress === undefined ? {} : { MacAddress }) },
      endpoints: { [`@PREFIX@${first}`]: endpoint },
      connect: others.filter(({ network }) => network !== `@PREFIX@${first}`),
    }));
}

function places(names: readonly string[]): fc.Arbitrary<readonly NetworkPlace[]> {
  return fc
    .subarray([...names])
    .chain((chosen) =>
      fc.tuple(...chosen.map((name) => endpointIn(name).map((endpoint) => ({ network: `@PREFIX@${name}`, endpoint })))),
    );
}

const SUBNETS: Readonly<Record<string, string>> = { front: '80', back: '81' };

/** Only a network that was given a subnet has fixed addresses to give. */
function endpointIn(network: string): fc.Arbitrary<JsonObject> {
  const subnet = SUBNETS[network];
  return some({
    Aliases: fc.array(fc.oneof(fc.constantFrom('store', 'store.example.com', 'abcdefabcdef'), anyText(1)), {
      maxLength: 3,
    }),
    Links: fc.constantFrom(['@ANCHOR@:db'], ['@ANCHOR@']),
    DriverOpts: fc.constantFrom({ 'com.example.option': 'kept' }, {}),
    ...(subnet === undefined
      ? {}
      : {
          IPAMConfig: some({
            IPv4Address: fc.constant(`172.29.${subnet}.1@HOST-NUMBER@`),
            ...(network === 'front' ? { IPv6Address: fc.constant('fd00:29:80::@HOST-NUMBER@') } : {}),
            LinkLocalIPs: fc.constantFrom([], ['169.254.9.@HOST-NUMBER@']),
          }),
        }),
  });
}

const macAddress = fc.option(fc.constantFrom('02:42:aa:bb:cc:@HOST-NUMBER@', '02:42:AA:BB:CC:@HOST-NUMBER@'), {
  nil: undefined,
  freq: 3,
});

const PORTS = ['80/tcp', '8080/tcp', '53/udp', '53/tcp', '443/tcp'] as const;

function ports(): fc.Arbitrary<{ readonly config: JsonObject; readonly host: JsonObject }> {
  const row = fc.tuple(
    fc.constantFrom('', '0.0.0.0', '127.0.0.1', '::', '::1'),
    fc.constantFrom('one', 'one', 'range', 'any', 'zero'),
  );
  return fc
    .record({
      rows: fc.dictionary(fc.constantFrom(...PORTS), fc.array(row, { minLength: 1, maxLength: 2 }), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      exposed: fc.subarray([...PORTS, '9000/sctp']),
      exposesItsOwn: fc.boolean(),
      PublishAllPorts: fc.constantFrom(undefined, false, true),
    })
    .map(({ rows, exposed, exposesItsOwn, PublishAllPorts }) => {
      // To publish a port of sctp takes a module of the kernel.
      const keys = [
        ...exposed.filter((key) => PublishAllPorts !== true || key !== '9000/sctp'),
        ...(exposesItsOwn ? Object.keys(rows) : []),
      ];
      return {
        config: keys.length > 0 ? { ExposedPorts: Object.fromEntries(keys.map((key) => [key, {}])) } : {},
        host: {
          ...(Object.keys(rows).length > 0 ? { PortBindings: bindings(rows) } : {}),
          ...(PublishAllPorts === undefined ? {} : { PublishAllPorts }),
        },
      };
    });
}

/**
 * Every row has host ports that no other has. A list without rows is not made: engine 20.10 then publishes at random,
 * sometimes another port a second time.
 */
function bindings(rows: Readonly<Record<string, readonly (readonly [string, string])[]>>): JsonObject {
  let taken = 0;
  const hostPort = (kind: string): string => {
    const first = taken;
    taken += 5;
    if (kind === 'one') return `@PORT+${first}@`;
    if (kind === 'range') return `@PORT+${first}@-@PORT+${first + 4}@`;
    return kind === 'any' ? '' : '0';
  };
  return Object.fromEntries(
    Object.entries(rows).map(([key, list]): [string, JsonValue] => [
      key,
      list.map(([HostIp, kind]) => ({ HostIp, HostPort: hostPort(kind) })),
    ]),
  );
}

function names() {
  return some({
    Dns: fc.constantFrom([], ['192.0.2.53'], ['192.0.2.53', '2001:db8::53']),
    DnsSearch: fc.constantFrom([], ['example.com'], ['.']),
    DnsOptions: fc.constantFrom([], ['ndots:2', 'use-vc']),
    ExtraHosts: fc.constantFrom([], ['relay:192.0.2.10'], ['me:host-gateway', 'six:2001:db8::1']),
  });
}
