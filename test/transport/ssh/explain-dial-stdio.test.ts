import { describe, expect, test } from '@jest/globals';
import { explainDialStdio } from '../../../src/transport/ssh/explain-dial-stdio.ts';

describe('the end of docker system dial-stdio', () => {
  test.each([
    ['sudo: a password is required', 1, 'permission', 'deploy ALL=(root) NOPASSWD'],
    ['sudo: a terminal is required to read the password', 1, 'permission', 'NOPASSWD'],
    ['deploy is not in the sudoers file.', 1, 'permission', 'sudoers'],
    ['Sorry, user deploy is not allowed to execute ...', 1, 'permission', 'sudoers'],
    ['sudo: docker: command not found', 1, 'engine', 'install the docker command'],
    ['bash: line 1: sudo: command not found', 127, 'engine', 'remove become'],
    ['sh: 1: sudo: not found', 127, 'engine', 'remove become'],
    ['bash: line 1: docker: command not found', 127, 'engine', 'AllowStreamLocalForwarding'],
    ['sh: 1: docker: not found', 127, 'engine', 'AllowStreamLocalForwarding'],
    ['dial unix /var/run/docker.sock: connect: permission denied', 1, 'permission', 'usermod -aG docker deploy'],
    ['dial unix /var/run/docker.sock: connect: no such file or directory', 1, 'engine', 'systemctl start docker'],
    ['dial unix /var/run/docker.sock: connect: connection refused', 1, 'engine', 'systemctl start docker'],
    ["docker: 'system dial-stdio' is not a docker command.", 1, 'engine', 'update it'],
    ['This account is currently not available.', 1, 'permission', 'another user'],
  ])('with "%s" says what to do', (stderr, exitCode, code, hint) => {
    const failure = explainDialStdio({ exitCode, stderr }, 'deploy');

    expect(failure).toMatchObject({ code, hint: expect.stringContaining(hint) });
  });

  test('with anything else is told as it was said, without what a terminal would obey', () => {
    const failure = explainDialStdio({ exitCode: 2, stderr: 'oh\u001b[2J no\n' }, 'deploy');

    expect(failure.message).toBe('docker system dial-stdio ended (exit 2): oh [2J no');
  });
});
