import { afterEach, describe, expect, test } from '@jest/globals';
import { applyChange } from '../../src/apply/apply-change.ts';
import type { MemoryHost, ServiceOptions } from '../support/memory-host.ts';
import { memoryHost, serving } from '../support/memory-host.ts';
import { exits } from '../support/memory-engine/program.ts';
import { NOTHING } from '../support/memory-engine/images.ts';

let host: MemoryHost;
afterEach(() => host.close());

const AS_BEFORE = ['web: old, running, always:0'];

const cases: [string, ServiceOptions, (h: MemoryHost) => void][] = [
  ['exit at once', { afterwards: exits(1, 0, 'x: cannot open /run')(NOTHING) }, () => {}],
  ['exit later', { afterwards: exits(1, 3, 'x: cannot open /run')(NOTHING) }, () => {}],
  [
    'exit at once, no policy',
    { restart: { Name: 'no' }, afterwards: exits(1, 0, 'x: cannot open /run')(NOTHING) },
    () => {},
  ],
  ['unhealthy', { healthcheck: true, afterwards: serving({ health: 'unhealthy' }) }, () => {}],
  ['silent', { healthcheck: true, afterwards: serving({ listens: [] }) }, () => {}],
  ['log', { afterwards: serving({ log: [{ stream: 'stderr', text: 'chown: Operation not permitted' }] }) }, () => {}],
  [
    'port taken',
    {},
    (h) => {
      h.engine.store.foreignListeners.add('tcp/0.0.0.0:8080');
    },
  ],
  [
    'create refused',
    {},
    (h) => {
      h.engine.fault = ({ path }) =>
        path === '/containers/create' ? { status: 500, message: 'no space left' } : undefined;
    },
  ],
  [
    'connect refused',
    {},
    (h) => {
      h.engine.fault = ({ path }) =>
        path.endsWith('/connect') ? { status: 500, message: 'no space left' } : undefined;
    },
  ],
  [
    'rename refused',
    {},
    (h) => {
      h.engine.fault = ({ path }) => (path.endsWith('/rename') ? { status: 500, message: 'no space left' } : undefined);
    },
  ],
  [
    'stop refused',
    {},
    (h) => {
      h.engine.fault = ({ path }) => (path.endsWith('/stop') ? { status: 500, message: 'no space left' } : undefined);
    },
  ],
  [
    'everything cut',
    {},
    (h) => {
      h.engine.fault = ({ path }) => (path.endsWith('/stop') ? 'cut-before' : undefined);
    },
  ],
  [
    'old cannot start',
    { afterwards: exits(1, 0, 'x')(NOTHING) },
    (h) => {
      h.engine.fault = ({ path }) =>
        path.endsWith(h.old.id + '/start') ? { status: 500, message: 'no space left' } : undefined;
    },
  ],
];
describe('x', () => {
  test.each(cases)('tmp %s', async (_n, options, arrange) => {
    host = await memoryHost(options);
    const tools = await host.enter();
    arrange(host);
    const t = performance.now();
    const outcome = await applyChange(host.change, host.settings, tools);
    console.log(
      _n,
      performance.now() - t,
      outcome,
      host.calls(),
      host.standing(),
      host.engine.requests.length,
      tools.journal.entries.filter(({ event }) => event === 'decided'),
    );
    void AS_BEFORE;
  });
});
