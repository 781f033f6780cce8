import { expect, test } from '@jest/globals';
import { aRuntime } from '../support/a-runtime.ts';
import { anUnknown, chosen, keptIn } from '../support/watched.ts';

test.each([
  ['equivalent', ['CHOWN', 'NET_BIND_SERVICE']],
  ['minimal', ['NET_BIND_SERVICE']],
] as const)('what a start goes on without is foreseen, and in mode %s what is kept is %j', (mode, kept) => {
  const startTexts = [{ path: '/start.sh', text: 'chown -R app /data || true' }];

  const choice = chosen(anUnknown({ Config: { Image: 'caddy:2' } }, aRuntime({ startTexts })), {}, { mode });

  expect(keptIn(choice)).toEqual(kept);
});
