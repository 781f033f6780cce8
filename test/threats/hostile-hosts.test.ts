import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { aShop, hostileEngine, pour, SHOP, type HostileEngine, type OddAnswer } from '../support/hostile-engine.ts';
import { keyPair } from '../support/key-pair.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing, writesTo } from '../support/shop-fleet.ts';

const GOOD = Array.from({ length: 6 }, (_, at) => `web-${at + 1}`);

let fleet: EmbeddedFleet;
let operator: Operator;
let engines: HostileEngine[] = [];
let plain: Server | undefined;

beforeEach(async () => {
  fleet = await shopFleet(GOOD);
  operator = operatorOf(fleet);
  for (const name of GOOD) serve(fleet.engine(name), 'web', 80);
});
afterEach(async () => {
  await Promise.all(engines.map(({ http }) => http.close()));
  engines = [];
  plain?.closeAllConnections();
  plain?.close();
  operator.leave();
  await fleet.close();
});

describe('T16, a hostile host among others', () => {
  test('is left alone, while the service of every other host is changed', async () => {
    const other = fleet.engine('web-1').find('web')?.id ?? '';
    const inventory = await beside({
      'bomb-1': { '/containers/json': (response) => pour(response, '[') },
      'nonsense-1': { '/info': '<html>' },
      // It says that it is another host's engine, with that host's container.
      'double-1': {
        '/info': { ID: 'MEMO:web-1', Name: 'web-1' },
        '/containers/json': [{ Id: other, Names: ['/web'] }],
        [`/containers/${other}/json`]: { ...aShop('web'), Id: other },
        '/containers/create': (response) => response.writeHead(500).end('{"message":"no"}'),
      },
    });

    const { exitCode, stdout } = await operator.run([
      ...['apply', '--yes', '-i', inventory, '-p', join(operator.folder, 'playbook.yml')],
    ]);

    expect(exitCode).toBe(4);
    for (const name of GOOD) {
      expect(stdout).toMatch(new RegExp(`${name}/web +applied`));
      expect(standing(fleet.engine(name))).toContain('web running 8080');
      // One is the lock's, which is gone again.
      expect(writesTo(fleet.engine(name)).filter((call) => call === 'POST /containers/create')).toHaveLength(2);
    }
  });
});

describe('T1, a host that shows another key than the one that is known', () => {
  test.each([
    ['changed', keyPair().public, /is not the one in .*known_hosts:1/],
    ['not known', '', /is not known/],
  ])('because it is %s is told nothing, while the others are read', async (_what, key, said) => {
    const { hosts } = fleet;
    const lines = [...hosts].map(([name, { port, hostKey }]) =>
      name === 'web-1' ? (key === '' ? '' : `[127.0.0.1]:${port} ${key}`) : `[127.0.0.1]:${port} ${hostKey}`,
    );
    writeFileSync(join(fleet.homeFolder, '.ssh', 'known_hosts'), `${lines.join('\n')}\n`);
    // What an impatient person sets; it is not followed.
    writeFileSync(join(fleet.homeFolder, '.ssh', 'config'), 'Host *\n  StrictHostKeyChecking no\n');

    const { exitCode, stdout, stderr } = await operator.enforce('apply', '--yes');

    expect(exitCode).toBe(4);
    expect(stdout + stderr).toMatch(said);
    expect(fleet.engine('web-1').requests).toEqual([]);
    expect(standing(fleet.engine('web-2'))).toContain('web running 8080');
  });
});

describe('T15, an engine on a port without TLS', () => {
  test.each([
    ['by the inventory', (address: string) => ({ words: ['-i', address], environment: {} })],
    ['by DOCKER_HOST', (address: string) => ({ words: [], environment: { DOCKER_HOST: address } })],
    [
      'by DOCKER_HOST without verification',
      (address: string) => ({ words: [], environment: { DOCKER_HOST: address, DOCKER_TLS_VERIFY: '' } }),
    ],
  ])('is refused when it is named %s, and is asked nothing', async (_how, named) => {
    const asked: string[] = [];
    plain = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.setHeader('Api-Version', '1.41').end('OK');
    });
    await new Promise<void>((resolve) => plain?.listen(0, '127.0.0.1', resolve));
    const { words, environment } = named(`tcp://127.0.0.1:${(plain.address() as AddressInfo).port}`);

    const { exitCode, stdout, stderr } = await operator.run(['apply', '--yes', ...words], { environment });

    expect([1, 4]).toContain(exitCode);
    expect(stdout + stderr).toMatch(/tls|TLS|ca\.pem/);
    expect(asked).toEqual([]);
  });
});

describe('T9, a name that would be a path', () => {
  test.each(['../../../evil', '/etc/cron.d/evil', '..', 'evil\0.txt', 'long'.repeat(1024), 'CON', '.enforce-bak-x'])(
    'as %j names no file',
    async (name) => {
      const before = filesOf(operator.folder);
      const inventory = await beside({
        'evil-1': {
          '/info': { ID: name, Name: name },
          '/containers/json': [
            { Id: SHOP, Names: [`/${name}`], Labels: { 'io.enforce.run': name, 'io.enforce.target': name } },
          ],
          [`/containers/${SHOP}/json`]: { ...aShop(), Name: `/${name}` },
        },
      });

      for (const words of [
        ['scan', '-o', join(operator.folder, 'scan.json')],
        ['plan', '-o', join(operator.folder, 'plan.json')],
        ['status'],
        ['apply', '--yes', '--container', name],
      ])
        await operator.run([...words, '-i', inventory, '-l', 'evil-1']);

      const made = filesOf(operator.folder).filter((path) => !before.includes(path));
      expect(made.filter((path) => !OWN_FILES.test(path))).toEqual([]);
    },
  );

  test('as an id is not believed', async () => {
    const inventory = await beside({ 'evil-1': { '/containers/json': [{ Id: '../../../etc/passwd', Names: [] }] } });

    const { stdout } = await operator.run(['scan', '-i', inventory, '-l', 'evil-1']);

    expect(stdout).toContain('a container of the list has no proper id');
  });

  test('as a run names no file', async () => {
    const { exitCode, stderr } = await operator.enforce('status', '../../../etc');

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('there is no run')]);
  });
});

/** Names made of letters and digits alone, whatever a host says. */
const OWN_FILES =
  /^(?:hosts\.yml|scan\.json|plan\.json|state(?:\/runs(?:\/[0-9a-z]+(?:\/(?:journal\.jsonl|plan\.json))?)?)?)$/;

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}

/** An inventory of all the good hosts, and of hosts whose engines answer so. */
async function beside(
  odd: Readonly<Record<string, Readonly<Record<string, OddAnswer | object | string>>>>,
): Promise<string> {
  const rows = await Promise.all(
    Object.entries(odd).map(async ([name, answers]) => {
      const engine = await hostileEngine(answers);
      engines.push(engine);
      return `        ${name}: { docker: "${engine.address}" }\n`;
    }),
  );
  return operator.write('hosts.yml', `${readFileSync(fleet.inventoryFile, 'utf8')}${rows.join('')}`);
}
