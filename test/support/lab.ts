import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from '@jest/globals';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { dockerAt, type Docker } from './docker.ts';
import { inspectContainer } from './real-engine.ts';

/** Several Docker hosts on this machine, each with its own network, sshd and dockerd (test/lab/lab.sh). */
export interface Lab {
  readonly hosts: readonly LabHost[];
  /** Home folder of someone with a key to every host; .ssh has the key, a config and the known hosts. */
  readonly home: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** Of ssh itself, for `ssh -F`. */
  readonly configFile: string;
  /** The hosts as a YAML inventory, reached as the given user, `root` when none is given. */
  inventoryText(user?: LabUser): string;
  down(): Promise<void>;
}

/** root; ops may use Docker; narrow too but may not forward; deploy may use sudo; guest may do nothing. */
export type LabUser = 'root' | 'ops' | 'narrow' | 'deploy' | 'guest';

/** One host of a lab. */
export interface LabHost {
  readonly number: number;
  /** `h1`, which is also its host name. */
  readonly name: string;
  readonly address: string;
  /** The host's engine, straight through its socket: no ssh is involved. */
  readonly docker: Docker;
  inspect(container: string): Promise<ContainerInspect>;
  /** Runs a command in the host, without ssh; what it printed. */
  execute(...command: readonly string[]): Promise<string>;
  /** Runs a shell command over OpenSSH. */
  ssh(user: LabUser, command: string): Promise<string>;
  /** Everything in the host dies at once; its disk stays. */
  powerCut(): Promise<void>;
  boot(): Promise<void>;
  /** The engine alone: `kill` is kill -9, `hang` stops its process in its tracks, `wake` lets it go on. */
  engine(what: 'stop' | 'kill' | 'start' | 'hang' | 'wake'): Promise<void>;
  /** The host's network, for `nsenter --net`. */
  readonly network: string;
  /** Where the engine's socket is now; after a boot it is elsewhere. */
  socketPath(): Promise<string>;
}

/**
 * Hosts h1, h2, … for the suite it is called in, beside any other lab on this machine: up before the first test, gone
 * after the last.
 */
export function withLab(count: number): () => Lab {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await bringUpLab(count);
  }, 180_000);
  afterAll(async () => {
    await lab?.down();
  }, 60_000);
  return () => {
    if (lab === undefined) throw new Error('the lab is not up before the tests run');
    return lab;
  };
}

async function bringUpLab(count: number): Promise<Lab> {
  const id = await run('bash', [SCRIPT, 'claim']);
  const folder = `${process.env['ENFORCE_LABS'] ?? '/var/tmp'}/enforce-lab-${id}`;
  const script: Script = (...words) => run('bash', [SCRIPT, ...words], { LAB: folder, LAB_ID: id });
  const home = `${folder}/home`;
  const down = async (): Promise<void> => {
    await script('down');
  };
  const hosts = Array.from({ length: count }, (_, index) => labHost(index + 1, Number(id), folder, script));
  try {
    await script('up', String(count));
  } catch (error) {
    await down();
    throw error;
  }
  return {
    hosts,
    home,
    identityFile: `${home}/.ssh/id_ed25519`,
    knownHostsFile: `${home}/.ssh/known_hosts`,
    configFile: `${home}/.ssh/config`,
    inventoryText: (user = 'root') => inventoryText(hosts, user),
    down,
  };
}

type Script = (...words: readonly string[]) => Promise<string>;

const SCRIPT = fileURLToPath(new URL('../lab/lab.sh', import.meta.url));

function labHost(number: number, labId: number, folder: string, script: Script): LabHost {
  const name = `h${number}`;
  // The first process, and with it the path, is another after each boot.
  const socketPath = async (): Promise<string> =>
    `/proc/${(await readFile(`${folder}/${name}/pid`, 'utf8')).trim()}/root/run/docker.sock`;
  const docker: Docker = async (...words) => dockerAt(await socketPath())(...words);
  const ask = async (...words: readonly string[]): Promise<void> => {
    await script(...words);
  };
  return {
    number,
    name,
    address: `10.${200 + labId}.0.${number + 9}`,
    docker,
    network: `/run/netns/enf${labId}${name}`,
    socketPath,
    inspect: (container) => inspectContainer(docker, container),
    execute: (...command) => script('in', String(number), ...command),
    ssh: (user, command) => run('ssh', ['-F', `${folder}/home/.ssh/config`, `${user}@${name}`, command]),
    powerCut: () => ask('kill', String(number)),
    boot: () => ask('up-one', String(number)),
    engine: (what) => ask('dockerd', String(number), what),
  };
}

function inventoryText(hosts: readonly LabHost[], user: LabUser): string {
  const become = user === 'deploy' ? ', become: true' : '';
  const lines = hosts.map(({ name, address }) => `        ${name}: { docker: "ssh://${user}@${address}"${become} }`);
  return ['all:', '  children:', '    lab:', '      hosts:', ...lines, ''].join('\n');
}

async function run(command: string, words: readonly string[], settings: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(command, words, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
    timeout: 120_000,
  });
  return stdout.trimEnd();
}
