import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ConnectionSettings } from '../../../src/transport/connection-settings.ts';
import { sharedAnswer } from '../../../src/transport/ssh/shared-answer.ts';
import { folderOf } from '../../support/folder-of.ts';

describe('what the ssh configuration says of many hosts', () => {
  test.each([
    ['nothing', ''],
    ['the same of all', 'User deploy\nHost *\n  IdentityFile ~/.ssh/fleet\n'],
  ])('is asked once where it says %s', async (_what, configuration) => {
    const { answerFor, asked } = openSsh(configuration);

    const answers = [await answerFor('web-1'), await answerFor('web-2')];

    expect(asked).toEqual(['web-1']);
    expect(answers).toEqual(['host web-1\nhostname web-1\nport 22', 'host web-2\nhostname web-2\nport 22']);
  });

  test.each([
    ['some of them by name', 'Host web-2\n  Port 2222\n'],
    ['some of them in the other spelling', 'host=web-2\n  Port 2222\n'],
    ['those that match', 'Match host web-2\n  Port 2222\n'],
    ['something in another file', 'Include more\n'],
    ['something with the name of the host in it', 'UserKnownHostsFile ~/.ssh/known_%h\n'],
    ['what they are called in full', 'CanonicalizeHostname yes\n'],
  ])('is asked of each where it speaks of %s', async (_what, configuration) => {
    const { answerFor, asked } = openSsh(configuration);

    await answerFor('web-1');
    await answerFor('web-2');

    expect(asked).toEqual(['web-1', 'web-2']);
  });

  test('is asked of each user and port, of names that ssh would write otherwise, and for each command', async () => {
    const { answerFor, asked, settings } = openSsh('');

    await answerFor('web-1');
    await answerFor('web-2', ['-l', 'ops']);
    await answerFor('Web-3');
    await answerFor('web-4', [], { ...settings });

    expect(asked).toEqual(['web-1', 'web-2', 'Web-3', 'web-4']);
  });

  test('is asked again where the first answer did not come', async () => {
    const { answerFor, asked } = openSsh('', 'web-1');

    await expect(answerFor('web-1')).rejects.toThrow('no ssh');

    expect(await answerFor('web-2')).toContain('hostname web-2');
    expect(asked).toEqual(['web-1', 'web-2']);
  });
});

/** An OpenSSH client with this configuration, which writes down for which hosts it was asked. */
function openSsh(configuration: string, failsFor?: string) {
  const homeFolder = folderOf({ '.ssh/config': configuration });
  const asked: string[] = [];
  const settings = { homeFolder } as ConnectionSettings;
  const answerFor = (host: string, options: readonly string[] = [], own = settings): Promise<string> =>
    sharedAnswer(own, ['-G', '-F', join(homeFolder, '.ssh/config'), ...options, '--', host], () => {
      asked.push(host);
      if (host === failsFor) return Promise.reject(new Error('no ssh'));
      return Promise.resolve(`host ${host}\nhostname ${host}\nport 22`);
    });
  return { answerFor, asked, settings };
}
