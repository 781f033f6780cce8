import * as z from 'zod';
import type { MadeFile, MountedFolder, PoweredFile, ProcessFacts, RuntimeFacts } from '../model/runtime.ts';
import { known } from './known-shape.ts';

const port = z.int().min(0).max(65535);
const text = z.string();
const texts = z.array(text);
const id = z.int().min(0);
const ids = z.object({ real: id, effective: id, saved: id, filesystem: id });

/** What ran in a container when it was scanned, inside a document. */
export function runtimeShape() {
  return z
    .object({
      processes: known(z.array(processShape())),
      listeners: known(z.array(z.object({ protocol: z.enum(['tcp', 'udp']), ip: text, port }))),
      first_free_port: known(z.int().min(0).max(65536)),
      powered_files: known(z.array(poweredFileShape())),
      searched_folders: known(texts),
      start_texts: known(z.array(z.object({ path: text, text: text.nullable() }))),
      mounted_folders: known(z.array(folderShape())),
      made_files: known(z.array(madeFileShape())).optional(),
    })
    .transform(
      (runtime): RuntimeFacts => ({
        processes: runtime.processes,
        listeners: runtime.listeners,
        firstFreePort: runtime.first_free_port,
        poweredFiles: runtime.powered_files,
        searchedFolders: runtime.searched_folders,
        startTexts: runtime.start_texts,
        mountedFolders: runtime.mounted_folders,
        madeFiles: runtime.made_files ?? { known: false, because: 'the scan does not tell of them' },
      }),
    );
}

function processShape() {
  return z
    .object({
      pid: id,
      parent: id,
      name: text,
      executable: text.nullable(),
      user_ids: ids,
      group_ids: ids,
      groups: z.array(id),
      permitted: texts,
      effective: texts,
      bounding: texts,
      ambient: texts,
      no_new_privileges: z.boolean(),
      names_chroot: z.boolean().optional(),
    })
    .transform(
      ({ user_ids, group_ids, no_new_privileges, names_chroot, ...process }): ProcessFacts => ({
        ...process,
        ...(names_chroot === undefined ? {} : { namesChroot: names_chroot }),
        userIds: user_ids,
        groupIds: group_ids,
        hasNoNewPrivileges: no_new_privileges,
      }),
    );
}

function poweredFileShape() {
  const sets = z
    .object({ permitted: texts, inheritable: texts, effective: z.boolean() })
    .transform(({ effective, ...capabilities }) => ({ ...capabilities, isEffective: effective }));
  return z.object({ path: text, used: z.boolean(), setuid_root: z.boolean(), capabilities: sets.nullable() }).transform(
    ({ path, used, setuid_root, capabilities }): PoweredFile => ({
      path,
      isUsed: used,
      isSetuidRoot: setuid_root,
      capabilities,
    }),
  );
}

function madeFileShape() {
  return z
    .object({
      path: text,
      owner_id: id,
      folder: z.object({ owner_id: id, group_id: id, mode: z.int().min(0).max(0o7777) }),
    })
    .transform(
      ({ path, owner_id, folder }): MadeFile => ({
        path,
        ownerId: owner_id,
        folder: { ownerId: folder.owner_id, groupId: folder.group_id, mode: folder.mode },
      }),
    );
}

function folderShape() {
  return z
    .object({
      path: text,
      kind: z.enum(['volume', 'bind'] satisfies MountedFolder['kind'][]),
      owner_id: id,
      group_id: id,
      mode: z.int().min(0).max(0o7777),
      empty: z.boolean(),
    })
    .transform(
      ({ owner_id, group_id, empty, ...folder }): MountedFolder => ({
        ...folder,
        ownerId: owner_id,
        groupId: group_id,
        isEmpty: empty,
      }),
    );
}
