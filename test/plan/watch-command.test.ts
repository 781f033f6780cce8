import { expect, test } from '@jest/globals';
import { watchCommand } from '../../src/plan/watch-command.ts';
import { container, STOPPED } from '../support/containers.ts';

test.each<[string, Parameters<typeof container>[1], string]>([
  ['runs', {}, 'enforce observe web --start'],
  ['does not run', { State: STOPPED }, 'docker start web, then enforce observe web --start'],
  ['is removed when it stops', { HostConfig: { AutoRemove: true } }, 'enforce observe web'],
])('a container that %s is watched by a command that can be given', (_which, different, command) => {
  expect(watchCommand(container('web', different))).toBe(command);
});
