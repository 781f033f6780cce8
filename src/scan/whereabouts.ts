import type { Whereabouts } from '../model/machine.ts';

/** The texts of /proc/self that tell where a process runs. */
export interface OwnProcess {
  readonly mountinfo: string;
  readonly cgroup: string;
}

/**
 * In which containers a process runs, by the files its engine put into it and by its cgroups. What joins
 * another's network has the files of that one.
 * Docker's and Podman's own folders of *other* containers are mounted on a host too, so only what is mounted at the
 * places of a container counts.
 */
export function whereabouts({ mountinfo, cgroup }: OwnProcess): Whereabouts {
  const mounted = mountinfo
    .split('\n')
    .flatMap(readMount)
    .filter(({ at }) => at === '/etc/hostname' || at === '/etc/hosts' || at === '/etc/resolv.conf')
    .flatMap(({ from }) => CONTAINER_FOLDER.exec(from)?.[1] ?? []);
  return { containerIds: [...new Set([...mounted, ...cgroup.split('\n').flatMap(cgroupContainerIds)])] };
}

/** `/docker/ID` under cgroup v1, `docker-ID.scope` with systemd, either below any parent; outermost first. */
export function cgroupContainerIds(cgroup: string): readonly string[] {
  return cgroup.split('/').flatMap((part) => /^(?:[a-z-]+-)?([0-9a-f]{64})(?:\.scope)?$/.exec(part)?.[1] ?? []);
}

/** Of Docker `/var/lib/docker/containers/ID/hostname`, of Podman `…/overlay-containers/ID/userdata/hostname`. */
const CONTAINER_FOLDER = /\/(?:overlay-)?containers\/([0-9a-f]{64})\/(?:userdata\/)?(?:hostname|hosts|resolv\.conf)$/;

interface Mount {
  readonly from: string;
  readonly at: string;
}

/** `36 35 98:0 /from /at rw,noatime shared:1 - ext4 /dev/sda rw,errors=continue`. */
function readMount(line: string): readonly Mount[] {
  const [, , , from, at] = line.split(' ');
  return from === undefined || at === undefined ? [] : [{ from, at }];
}
