import type { JsonObject } from '../model/json.ts';
import type {
  FileCapabilities,
  MadeFile,
  MountedFolder,
  PoweredFile,
  ProcessFacts,
  ProcessIds,
  RuntimeFacts,
} from '../model/runtime.ts';
import { knownDocument } from './known-document.ts';

/** What ran in a container when it was scanned, as a saved scan has it. */
export function runtimeDocument(runtime: RuntimeFacts): JsonObject {
  return {
    processes: knownDocument(runtime.processes, (processes) => processes.map(processDocument)),
    listeners: knownDocument(runtime.listeners, (listeners) =>
      listeners.map(({ protocol, ip, port }) => ({ protocol, ip, port })),
    ),
    first_free_port: knownDocument(runtime.firstFreePort, (port) => port),
    powered_files: knownDocument(runtime.poweredFiles, (files) => files.map(poweredFileDocument)),
    searched_folders: knownDocument(runtime.searchedFolders, (folders) => [...folders]),
    start_texts: knownDocument(runtime.startTexts, (texts) => texts.map(({ path, text }) => ({ path, text }))),
    mounted_folders: knownDocument(runtime.mountedFolders, (folders) => folders.map(folderDocument)),
    made_files: knownDocument(runtime.madeFiles, (files) => files.map(madeFileDocument)),
  };
}

function processDocument(facts: ProcessFacts): JsonObject {
  return {
    pid: facts.pid,
    parent: facts.parent,
    name: facts.name,
    executable: facts.executable,
    user_ids: idsDocument(facts.userIds),
    group_ids: idsDocument(facts.groupIds),
    groups: [...facts.groups],
    permitted: [...facts.permitted],
    effective: [...facts.effective],
    bounding: [...facts.bounding],
    ambient: [...facts.ambient],
    no_new_privileges: facts.hasNoNewPrivileges,
    ...(facts.namesChroot === undefined ? {} : { names_chroot: facts.namesChroot }),
  };
}

function idsDocument({ real, effective, saved, filesystem }: ProcessIds): JsonObject {
  return { real, effective, saved, filesystem };
}

function poweredFileDocument({ path, isUsed, isSetuidRoot, capabilities }: PoweredFile): JsonObject {
  return { path, used: isUsed, setuid_root: isSetuidRoot, capabilities: capabilities && setsDocument(capabilities) };
}

function setsDocument({ permitted, inheritable, isEffective }: FileCapabilities): JsonObject {
  return { permitted: [...permitted], inheritable: [...inheritable], effective: isEffective };
}

function madeFileDocument({ path, ownerId, folder }: MadeFile): JsonObject {
  return { path, owner_id: ownerId, folder: { owner_id: folder.ownerId, group_id: folder.groupId, mode: folder.mode } };
}

function folderDocument({ path, kind, ownerId, groupId, mode, isEmpty }: MountedFolder): JsonObject {
  return { path, kind, owner_id: ownerId, group_id: groupId, mode, empty: isEmpty };
}
