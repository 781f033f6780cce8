import type { ContainerInspect } from '../../src/model/snapshot.ts';

/**
 * What any stop and start renews, with or without enforce: ids of sockets and sandboxes, times, addresses nobody chose,
 * commands that are run in it, and the names an engine from 25 on makes of name, aliases, id and host name.
 */
const RENEWED_BY_A_START =
  /^(State\.(Pid|StartedAt|FinishedAt|Health)|ExecIDs|NetworkSettings\.(.*\.)?(EndpointID|SandboxID|SandboxKey|IPAddress|MacAddress|Gateway|DNSNames))\b/;

/** What is new in a new container by nature: its identity, where the engine keeps its files, aliases made of its id. */
const RENEWED_BY_A_CREATE =
  /^(Id|Created|(ResolvConf|Hostname|Hosts|Log)Path|GraphDriver\.Data\..*|NetworkSettings\.Networks\..*\.Aliases.*)$/;

/** What a change changes: what was planned, enforce's labels, and the anonymous volumes that are named from now on. */
const CHANGED =
  /^(HostConfig\.(CapAdd|CapDrop|PortBindings|Binds|Mounts)\b.*|Config\.Labels\.io\.enforce\..*|Mounts\..*\.Mode|NetworkSettings\.Ports\b.*)$/;

/** Nothing, in the ways the engine says it; where an empty list is not the same as none the row counts. */
const NOTHING = /^(?!.*(MaskedPaths|ReadonlyPaths|Entrypoint|Cmd) = ).* = (null|\{\}|\[\]|"")$/;

/** How an inspect differs from an earlier one of the same container that was stopped and started since. */
export function differsAfterStart(earlier: ContainerInspect, later: ContainerInspect): readonly string[] {
  return differs(earlier, later, [RENEWED_BY_A_START]);
}

/** How the inspect of a new container differs from that of the one it replaced, beyond what a change is for. */
export function differsAfterChange(old: ContainerInspect, candidate: ContainerInspect): readonly string[] {
  // With the host's own name in use, this one is made of the id and has no effect.
  const hostname = old.HostConfig.UTSMode === 'host' ? [/^Config\.Hostname$/] : [];
  const exceptions = [RENEWED_BY_A_START, RENEWED_BY_A_CREATE, CHANGED, ...hostname];
  return differs(old, candidate, exceptions).filter((row) => !NOTHING.test(row));
}

function differs(a: ContainerInspect, b: ContainerInspect, exceptions: readonly RegExp[]): readonly string[] {
  const [before, after] = [rowsOf(a), rowsOf(b)].map(
    (rows) => new Set(rows.filter((row) => !exceptions.some((exception) => exception.test(row.split(' = ')[0] ?? '')))),
  );
  return [
    ...[...(before ?? [])].filter((row) => !after?.has(row)).map((row) => `- ${row}`),
    ...[...(after ?? [])].filter((row) => !before?.has(row)).map((row) => `+ ${row}`),
  ];
}

/**
 * Every value with its path. The engine keeps mounts in no order, so they go by their place; Docker 28 leaves a volume's
 * name out where its folder alone tells it.
 */
function rowsOf(inspect: ContainerInspect): readonly string[] {
  const Mounts = Object.fromEntries(
    (inspect.Mounts ?? []).map((mount) => [
      mount.Destination,
      { ...mount, Name: mount.Name ?? /[0-9a-f]{64}(?=\/_data$)/.exec(mount.Source ?? '')?.[0] ?? '' },
    ]),
  );
  return rows({ ...inspect, Mounts }, '');
}

function rows(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    return [`${path} = ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => rows(inner, path === '' ? key : `${path}.${key}`));
}
