import { addressText } from '../../model/inventory.ts';
import type { Host, HostResult } from '../../model/inventory.ts';
import { errorText } from '../../report/error-text.ts';
import { jsonText } from '../../report/json-text.ts';
import { plainText } from '../../report/plain-text.ts';
import { onEachHost } from '../../transport/fleet.ts';
import type { ExitCode } from '../exit-code.ts';
import { hostSession } from '../host-session.ts';
import { connectionSettings, readHosts } from '../inputs.ts';
import type { CommonOptions } from '../options.ts';
import { warn } from '../progress-line.ts';
import type { World } from '../world.ts';

/** Flags of `enforce hosts`. */
export interface HostsOptions extends CommonOptions {
  readonly check: boolean;
}

interface Reached {
  readonly engine: string;
  readonly api: string;
  readonly way: string;
}

/** `enforce hosts`: the inventory as enforce understands it and, with `--check`, whether each host can be reached. */
export async function hosts(options: HostsOptions, world: World): Promise<ExitCode> {
  const inventory = await readHosts(options, world);
  warn(inventory.warnings, options, world);
  const reached = options.check ? await reach(inventory.hosts, options, world) : [];
  if (options.json) {
    world.stdout.write(
      jsonText({
        hosts: inventory.hosts.map((host) => ({
          host: host.name,
          address: addressText(host.address),
          ...(host.address.kind === 'ssh' ? { transport: host.address.transport ?? 'built-in' } : {}),
          groups: [...host.groups],
          ...reachedDocument(host, reached),
        })),
      }),
    );
  } else {
    for (const host of inventory.hosts)
      world.stdout.write(
        hostLine(
          host,
          reached.find((result) => result.host === host),
        ),
      );
  }
  return reached.every(({ ok }) => ok) ? 0 : 4;
}

function reach(
  selected: readonly Host[],
  options: HostsOptions,
  world: World,
): Promise<readonly HostResult<Reached>[]> {
  return onEachHost(selected, options.concurrency, async (host) => {
    const session = hostSession(host, connectionSettings(options, world), world.clock);
    try {
      const facts = await (await session.engine()).facts();
      const { way } = await session.connection();
      return {
        engine: `${facts.kind === 'docker' ? 'Docker' : 'Podman'} ${facts.version}`,
        api: facts.apiVersion,
        way,
      };
    } finally {
      await session.close();
    }
  });
}

function reachedDocument(
  host: Host,
  reached: readonly HostResult<Reached>[],
): Readonly<Record<string, string | boolean>> {
  const result = reached.find((candidate) => candidate.host === host);
  if (!result) return {};
  return result.ok
    ? { reachable: true, engine: result.value.engine, api: result.value.api, way: result.value.way }
    : { reachable: false, because: result.error.message };
}

function hostLine(host: Host, result: HostResult<Reached> | undefined): string {
  const head = `${plainText(host.name, 64).padEnd(20)}  ${addressWords(host).padEnd(36)}  ${host.groups.filter((group) => group !== 'all').join(' ')}`;
  if (!result) return `${head.trimEnd()}\n`;
  return result.ok
    ? `${head.trimEnd()}\n    ${plainText(`${result.value.engine}, API ${result.value.api}, ${result.value.way}`)}\n`
    : `${head.trimEnd()}\n    ${errorText(result.error, { colors: false, verbose: false })}`;
}

/** The address, and what carries it where that is not enforce itself. */
function addressWords({ address }: Host): string {
  const by = address.kind === 'ssh' && address.transport !== undefined ? ` by ${address.transport}` : '';
  return `${addressText(address)}${by}`;
}
