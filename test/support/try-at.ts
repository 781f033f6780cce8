import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interceptor, type Moment } from './interceptor.ts';
import type { LabHost } from './lab.ts';
import type { Ended } from './operator.ts';
import { page } from './page.ts';
import { type Program, startProgram } from './program.ts';

/** A kind of change on a real host: what is there, what is done, and how it must end. */
export interface Kind {
  readonly containers: readonly (readonly string[])[];
  readonly playbook?: string;
  /** Settings of the rule of capabilities. */
  readonly capabilities?: string;
  /** Done first, in peace. */
  readonly before?: readonly string[];
  readonly work: readonly string[];
  /** How the host stands when all is done. */
  readonly end: readonly string[];
  /** Ports that answer then, and what. */
  readonly answers: Readonly<Record<number, string>>;
}

/** A script for a shell: serves what it reads from the container it is linked to as `w`. */
export const READS_LINK =
  'httpd -p 80 -h /www; while :; do timeout 2 wget -q -O /www/new http://w/ || echo gone > /www/new; mv /www/new /www/index.html; sleep 0.3; done';
/** What happens at a call, and whether before the engine has it or after it has answered. */
export type Mishap = readonly [moment: Moment, what: 'enforce is killed' | 'the engine is killed' | 'the power fails'];

/** How it went. */
export interface Try {
  /** The call at which it happened; undefined when the work ended before. */
  readonly met: string | undefined;
  readonly rows: readonly string[];
}

/** Lets the mishap meet the call of this number, does the work again, and looks for what is not as it must be; then tidies up. */
export async function tryAt(
  atCall: number,
  host: LabHost,
  kind: Kind,
  [moment, what]: Mishap,
  folder: string,
): Promise<Try> {
  const { enforce, start, socketPath } = operatorAt(host, kind, folder);
  for (const words of kind.containers) await host.docker('run', '-d', ...words);
  if (kind.before) await enforce(...kind.before);
  const stored = await contents(host);
  let calls = 0;
  let met: string | undefined;
  let over = Promise.resolve();
  const happens = async (): Promise<void> => {
    // An enforce that runs on the host, in its network, dies with it.
    if (what !== 'the engine is killed') victim.child.kill('SIGKILL');
    if (what === 'the engine is killed') await host.engine('kill').then(() => host.engine('start'));
    if (what === 'the power fails') await host.powerCut().then(() => host.boot());
  };
  const between = await interceptor(
    socketPath,
    () => host.socketPath(),
    async (now, call) => {
      if (now === 'before') calls++;
      if (met !== undefined || now !== moment || calls !== atCall) return false;
      met = call;
      over = happens();
      await over;
      return true;
    },
  );
  const victim = start('between.yml', kind.work);
  const first = await victim.ended;
  await over;
  await between.close();
  const lock = await host.docker('ps', '-aq', '--filter', 'name=^/?enforce.lock$');
  // What `enforce unlock` does; that a lock is waited for is shown elsewhere.
  if (lock !== '') await host.docker('rm', '-v', lock);
  const again = await enforce(...kind.work);
  const rows = await wrongAt(host, kind, stored);
  const ids = (await host.docker('ps', '-aq')).split('\n').filter((id) => id !== '');
  if (ids.length > 0) await host.docker('rm', '-fv', ...ids);
  await host.docker('volume', 'prune', '-af').catch(() => host.docker('volume', 'prune', '-f'));
  await host.docker('volume', 'rm', '-f', 'stock');
  const told =
    rows.length === 0 ? [] : [`first: ${first.stdout}${first.stderr}`, `again: ${again.stdout}${again.stderr}`];
  return { met, rows: [...rows, ...told] };
}

async function wrongAt(host: LabHost, kind: Kind, stored: string): Promise<readonly string[]> {
  const printed = await host.docker('ps', '-a', '--format', '{{.Names}} {{.State}}');
  const standing = printed
    .split('\n')
    .map((line) => line.replace(/enforce-bak-\w+/, 'BAK'))
    .sort();
  const heard = await Promise.all(
    Object.keys(kind.answers).map(
      async (port) => [port, await page(`http://${host.address}:${port}/`).catch(String)] as const,
    ),
  );
  const now = await contents(host);
  return [
    ...(standing.join() === kind.end.join() ? [] : [`stands as ${standing.join()}`]),
    ...heard
      .filter(([port, text]) => kind.answers[Number(port)] !== text)
      .map(([port, text]) => `${port} says ${text}`),
    ...(now === stored ? [] : [`volumes were ${stored}, are ${now}`]),
  ];
}

/** What is in the volumes: names and checksums. */
function contents(host: LabHost): Promise<string> {
  return host.execute(
    'sh',
    '-c',
    'cd /var/lib/docker/volumes && find . -mindepth 1 -maxdepth 1 -type d | sort && find . -type f -path "*/_data/*" -exec sha256sum {} + | sort',
  );
}

/** How somebody works on a host. */
export interface Operator {
  /** Where what is in between listens. */
  readonly socketPath: string;
  readonly start: (hosts: string, words: readonly string[]) => Program;
  readonly enforce: (...words: readonly string[]) => Promise<Ended>;
}

/** Somebody who comes by a socket in between, or straight. */
export function operatorAt(
  host: LabHost,
  { playbook = '', capabilities = '{}' }: Pick<Kind, 'playbook' | 'capabilities'>,
  folder: string,
): Operator {
  const own = mkdtempSync(join(folder, `${host.name}-`));
  const socketPath = join(own, 'between.sock');
  writeFileSync(
    join(own, 'playbook.yml'),
    `name: killed
containers: { expendable: ["/www/index.html", "/www/new"] }
rules:
  privileged-host-port: { otherwise: "+8000" }
  linux-capabilities: ${capabilities}
health: { healthy_for: 1s, deadline: 30s }
${playbook}`,
  );
  const inventory = (path: string): string => `all: { hosts: { ${host.name}: { docker: "unix://${path}" } } }\n`;
  writeFileSync(join(own, 'between.yml'), inventory(socketPath));
  const start = (hosts: string, [command = '', ...words]: readonly string[]): Program =>
    startProgram([command, '-i', hosts, ...(command === 'apply' ? ['-p', 'playbook.yml'] : []), ...words], {
      folder: own,
      network: host.network,
      environment: { HOME: own, ENFORCE_STATE_DIR: join(own, 'state'), NO_COLOR: '1' },
    });
  const enforce = async (...words: readonly string[]): Promise<Ended> => {
    writeFileSync(join(own, 'host.yml'), inventory(await host.socketPath()));
    return start('host.yml', words).ended;
  };
  return { start, enforce, socketPath };
}
