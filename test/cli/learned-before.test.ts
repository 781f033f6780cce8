import { expect, test } from '@jest/globals';
import { learnedBefore } from '../../src/cli/learned.ts';
import { readPlaybook } from '../../src/load/playbook.ts';

test('a profile that is not there is told with the line of the playbook that names it', async () => {
  const text = 'rules:\n  linux-capabilities:\n    learned:\n      - missing.profile.yml\n';
  const playbook = readPlaybook({ file: 'shop.yml', text, bytes: new TextEncoder().encode(text) });

  await expect(learnedBefore({ ...playbook, source: '/nowhere/shop.yml' }, '/nowhere/state')).rejects.toMatchObject({
    code: 'bad-profile',
    message: expect.stringMatching(/missing\.profile\.yml: .* \(learned in shop\.yml:4\)$/),
  });
});
