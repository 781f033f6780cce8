import type { Known } from './machine.ts';
import type { Protocol } from './snapshot.ts';

/**
 * What a running container is made of at this moment, as the kernel and the files of its host show it. Each part is read
 * on its own: without a shell on the host, only what the engine tells is known. Users and groups are numbered as the
 * container itself has them, whatever its user namespace makes of them on the host.
 */
export interface RuntimeFacts {
  readonly processes: Known<readonly ProcessFacts[]>;
  /** Sockets that listen in the container's own network namespace. */
  readonly listeners: Known<readonly ListeningSocket[]>;
  /** The first port its network namespace lets any process listen at (`net.ipv4.ip_unprivileged_port_start`). */
  readonly firstFreePort: Known<number>;
  /** Programs among those it runs, and those its shell finds by name, that take power from the file itself. */
  readonly poweredFiles: Known<readonly PoweredFile[]>;
  /**
   * Folders whose programs were all looked at for power of their own; where it is not known, `poweredFiles` tells of those
   * that are run and of no others.
   */
  readonly searchedFolders: Known<readonly string[]>;
  /** The programs and scripts its start goes through, from the entrypoint on, in the order they are run. */
  readonly startTexts: Known<readonly StartText[]>;
  /** Folders on its volumes and binds, down to the first level, with who may use them; of very many only some. */
  readonly mountedFolders: Known<readonly MountedFolder[]>;
  /** What was put into its writable layer since it was made, which a new container begins without; of very much only some. */
  readonly madeFiles: Known<readonly MadeFile[]>;
}

/** One process of a container; capabilities are named without the CAP_ prefix, in the kernel's order. */
export interface ProcessFacts {
  /** As the host numbers them. */
  readonly pid: number;
  readonly parent: number;
  /** `Name` of its status: at most 15 characters, chosen by the program. */
  readonly name: string;
  /** Path as the container sees it; null where it may not be read. */
  readonly executable: string | null;
  readonly userIds: ProcessIds;
  readonly groupIds: ProcessIds;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly permitted: readonly string[];
  readonly effective: readonly string[];
  readonly bounding: readonly string[];
  readonly ambient: readonly string[];
  readonly hasNoNewPrivileges: boolean;
  /** Seconds after the start of the machine; absent where that was not read. */
  readonly startedAt?: number;
  /** Whether its code has the name of that system call; absent where that was not read. */
  readonly namesChroot?: boolean;
}

/** The four ids of a process that the kernel tells apart. */
export interface ProcessIds {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  readonly filesystem: number;
}

/** One socket that waits for others. */
export interface ListeningSocket {
  readonly protocol: Exclude<Protocol, 'sctp'>;
  readonly ip: string;
  readonly port: number;
}

/** A program that gives who runs it more than they have. */
export interface PoweredFile {
  /** As the container sees it. */
  readonly path: string;
  /** It is run by processes of the container now, or its start goes through it; else it only can be found by name. */
  readonly isUsed: boolean;
  /** It runs as root whoever starts it (setuid, owned by root). */
  readonly isSetuidRoot: boolean;
  /** File capabilities (`security.capability`); null where it has none. */
  readonly capabilities: FileCapabilities | null;
}

/** The capabilities in a file's extended attribute. */
export interface FileCapabilities {
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  /** Such a file does not start at all where its permitted set cannot be had (security/commoncap.c, get_file_caps). */
  readonly isEffective: boolean;
}

/** A program that the start of a container runs. */
export interface StartText {
  /** As the container sees it. */
  readonly path: string;
  /** The text of a script; null where it is a program. */
  readonly text: string | null;
}

/** A file or folder that is in the writable layer of a container and not in its image. */
export interface MadeFile {
  /** As the container sees it. */
  readonly path: string;
  readonly ownerId: number;
  /** The folder it is in. */
  readonly folder: { readonly ownerId: number; readonly groupId: number; readonly mode: number };
}

/** A folder that outlives the container. */
export interface MountedFolder {
  /** As the container sees it. */
  readonly path: string;
  readonly kind: 'volume' | 'bind';
  readonly ownerId: number;
  readonly groupId: number;
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  readonly isEmpty: boolean;
}
