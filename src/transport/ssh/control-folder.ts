import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { EnforceError } from '../../model/errors.ts';

/** The folder for the control sockets of this account, which nobody else may enter: whoever opens one is logged in. */
export async function controlFolder(parentFolder = tmpdir()): Promise<string> {
  // The path of a socket is shorter than 108 bytes, and ssh gives some characters a meaning.
  const parent = /^\/[\w./-]{0,50}$/.test(parentFolder) ? parentFolder : '/tmp';
  const { uid } = userInfo();
  const folder = join(parent, `enforce-ssh-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new EnforceError('bad-connection-settings', `${folder} is not a folder of yours alone`, {
      hint: `somebody else may have made it: remove it, or give it to yourself (chmod 700 ${folder})`,
    });
  }
  return folder;
}
