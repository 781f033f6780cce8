import { describe, expect, test } from '@jest/globals';
import { redacted } from '../../src/cli/redacted.ts';
import { maskWords } from '../../src/model/mask-words.ts';
import type { FileChange } from '../../src/model/snapshot.ts';
import { digestOf } from '../../src/scan/digest-of.ts';
import { machineFacts } from '../../src/scan/machine-facts.ts';
import { readDetails } from '../../src/scan/read-details.ts';
import { container, snapshot } from '../support/containers.ts';
import { engineOf } from '../support/engine-of.ts';
import { changeOf, publishing } from '../support/planned.ts';

/** Each of these took minutes, or all memory, where the time it takes grows with the square of what a host sends. */
describe('T7, a text that is made to be slow', () => {
  test('a command of a quarter of a million passwords is digested', () => {
    const [digested = ''] = maskWords(['password="a b" '.repeat(280_000)], digestOf);

    expect(digested).toBe(`password=${digestOf('"a b"')} `.repeat(280_000));
  });

  test('a socket that one process holds half a million times has one holder', () => {
    const { listeners } = machine(`${PROCESS}${'held 1 7/\n'.repeat(500_000)}${SOCKET}`);

    expect(listeners).toMatchObject({ known: true, value: [{ port: 80, process: 'nginx' }] });
  });

  test('sockets that are held by more containers than there can be make the listeners unknown', () => {
    const ids = Array.from({ length: 3_000 }, (_, at) => at.toString(16).padStart(64, '0'));
    const processes = ids.map((id, at) => `${at}/cgroup:/docker/${id}\nheld 1 ${at}/\n`).join('');

    const { listeners } = machine(`${processes}${SOCKET.repeat(1_000)}`, ids);

    expect(listeners).toEqual({ known: false, because: 'the host tells of more than 200000 listeners' });
  });

  test('a changed file a million folders deep is one changed file', async () => {
    const web = container('web');
    const deep: FileChange = { path: '/a'.repeat(1_000_000), kind: 'modified' };
    const changes: readonly FileChange[] = [deep, { path: '/empty', kind: 'added' }];
    const reader = {
      ...engineOf([web.inspect]),
      changes: () => Promise.resolve(changes),
      isFolder: () => Promise.resolve(true),
    };

    expect((await readDetails(reader, web, new Map()))?.changes).toEqual([deep]);
  });

  test('a container that publishes 60,000 times below 1024 is blocked', () => {
    const bindings = Array.from({ length: 60_000 }, (_, at) => `80:${at + 1}`);

    const { blocked } = changeOf('web', snapshot([publishing('web', bindings)]));

    expect(blocked?.because).toContain('it publishes 60000 ports by bindings that begin below 1024');
  });

  test('a message made of the beginnings of names is logged', () => {
    const text = 'pass-'.repeat(4_000);

    expect(redacted(`${text} token=canary`)).toBe(`${text} token=[redacted]`);
  });
});

const PROCESS = '7/status:Name:\tnginx\n7/cgroup:/system.slice\n';
const SOCKET =
  'net/tcp:   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n';

function machine(text: string, ids: readonly string[] = []) {
  const { engine } = snapshot([]);
  const head = `sys/kernel/osrelease:${engine.kernelVersion}\nsys/kernel/hostname:${engine.name}\n`;
  return machineFacts({ known: true, value: `${head}${text}end\n` }, engine, new Set(ids));
}
