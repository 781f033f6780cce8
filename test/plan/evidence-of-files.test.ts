import { expect, test } from '@jest/globals';
import type { PoweredFile } from '../../src/model/runtime.ts';
import { evidenceOfFiles } from '../../src/plan/evidence-of-files.ts';

const demands = { permitted: ['NET_BIND_SERVICE'], inheritable: [], isEffective: true };
const caddy: PoweredFile = { path: '/usr/bin/caddy', isUsed: true, isSetuidRoot: false, capabilities: demands };

test('a program that is run and whose file demands a capability does not start without', () => {
  expect(evidenceOfFiles([caddy])).toEqual([
    {
      capability: 'NET_BIND_SERVICE',
      class: 'exec',
      because: '/usr/bin/caddy does not start without it: its file demands it',
    },
  ]);
});

test('one that only could be run may come to that', () => {
  expect(evidenceOfFiles([{ ...caddy, isUsed: false }])).toMatchObject([
    { capability: 'NET_BIND_SERVICE', class: 'latent', because: expect.stringContaining('would not start') },
  ]);
});

test('a file that only allows a capability demands nothing', () => {
  const allows = { ...caddy, capabilities: { ...demands, isEffective: false } };

  expect(evidenceOfFiles([allows])).toMatchObject([{ capability: 'NET_BIND_SERVICE', class: 'latent' }]);
});

test('what a file lets through from who runs it says nothing', () => {
  const inherits = { permitted: [], inheritable: ['NET_RAW'], isEffective: true };

  expect(evidenceOfFiles([{ ...caddy, capabilities: inherits }])).toEqual([]);
});

test.each([
  ['/command/s6-overlay-suexec', 'exec', ['CHOWN', 'SETGID', 'SETUID']],
  ['/bin/ping', 'exec', ['NET_RAW']],
  ['/usr/lib/squid/pinger', 'exec', ['NET_RAW']],
  ['/opt/app/switch', 'latent', ['SETGID', 'SETUID']],
])('a setuid program that is run acts as root: %s', (path, kind, capabilities) => {
  const evidence = evidenceOfFiles([{ path, isUsed: true, isSetuidRoot: true, capabilities: null }]);

  expect(evidence.map(({ capability }) => capability)).toEqual(capabilities);
  expect(evidence.every((each) => each.class === kind)).toBe(true);
});

test('a setuid program that nothing runs says nothing, as every image has some', () => {
  expect(evidenceOfFiles([{ path: '/bin/su', isUsed: false, isSetuidRoot: true, capabilities: null }])).toEqual([]);
});
