import { expect, test } from '@jest/globals';
import { worst, type ExitCode } from '../../src/cli/exit-code.ts';

test.each<[string, readonly ExitCode[], ExitCode]>([
  ['a container that needs a person outweighs everything', [0, 2, 5, 4, 3, 6], 6],
  ['a rollback outweighs a host that was not reached', [0, 2, 4, 3], 3],
  ['a host that was not reached outweighs a refusal and work that remains', [2, 5, 4, 0], 4],
  ['a refusal outweighs work that remains', [2, 5, 0], 5],
  ['work that remains outweighs what is done', [0, 2, 0], 2],
  ['nothing at all is nothing to do', [], 0],
])('%s', (_what, codes, expected) => {
  expect(worst(codes)).toBe(expected);
});
