import { describe, expect, test } from '@jest/globals';
import { whereabouts } from '../../src/scan/whereabouts.ts';
import { idOf } from '../support/containers.ts';

const OWN = idOf('own');
const OUTER = idOf('outer');
const SANDBOX = 'ext4 /dev/sda1 rw,errors=remount-ro';

/** What a container sees: its root, and the three files its engine writes for it. */
function inContainer(folder: string): string {
  const files = ['resolv.conf', 'hostname', 'hosts'].map(
    (file, index) => `${294 + index} 277 254:0 ${folder}/${file} /etc/${file} rw,relatime - ${SANDBOX}`,
  );
  return [
    '277 249 0:60 / / rw,relatime master:10 - overlay overlay rw,lowerdir=/a/l/X:/a/l/Y,upperdir=/a/diff,workdir=/a/work',
    '278 277 0:63 / /proc rw,nosuid - proc proc rw',
    ...files,
    '',
  ].join('\n');
}

describe('a process in a container', () => {
  test.each<readonly [string, string, string]>([
    ['Docker, with cgroups of its own', inContainer(`/var/lib/docker/containers/${OWN}`), '0::/\n'],
    ['Docker with its data elsewhere', inContainer(`/mnt/data/docker/containers/${OWN}`), '0::/\n'],
    ['rootless Docker', inContainer(`/home/a/.local/share/docker/containers/${OWN}`), '0::/\n'],
    [
      'Podman',
      inContainer(`/var/lib/containers/storage/overlay-containers/${OWN}/userdata`),
      `0::/machine.slice/libpod-${OWN}.scope/container\n`,
    ],
    ['cgroup v1 alone', '', `12:pids:/docker/${OWN}\n11:memory:/docker/${OWN}\n0::/\n`],
    ['cgroup v2 with systemd alone', '', `0::/system.slice/docker-${OWN}.scope\n`],
    ['cgroup v2 with cgroupfs below another parent', '', `0::/jobs/${OWN}\n`],
  ])('is told by %s', (_engine, mountinfo, cgroup) => {
    expect(whereabouts({ mountinfo, cgroup }).containerIds).toEqual([OWN]);
  });

  test('is told by all of those around it where one engine runs in another', () => {
    const found = whereabouts({
      mountinfo: inContainer(`/var/lib/docker/containers/${OWN}`),
      cgroup: `4:memory:/docker/${OUTER}/docker/${OWN}\n`,
    });

    expect([...found.containerIds].sort()).toEqual([OUTER, OWN].sort());
  });
});

describe('a process on a host', () => {
  test('is in no container, though the host mounts what its containers need', () => {
    const mountinfo = [
      `27 1 254:0 / / rw,relatime - ${SANDBOX}`,
      `310 27 0:70 / /var/lib/docker/containers/${OWN}/mounts/shm rw,nosuid - tmpfs shm rw,size=65536k`,
      '311 27 0:60 / /var/lib/docker/overlay2/3e99/merged rw - overlay overlay rw,upperdir=/var/lib/docker/overlay2/3e99/diff',
      `312 27 254:0 /var/lib/docker/containers/${OWN}/hostname /srv/backup/hostname rw - ${SANDBOX}`,
      '',
    ].join('\n');

    expect(whereabouts({ mountinfo, cgroup: '0::/user.slice/user-1000.slice/session-3.scope\n' })).toEqual({
      containerIds: [],
    });
  });

  test('is in no container where nothing could be read, or what was read is no such text', () => {
    expect(whereabouts({ mountinfo: '', cgroup: '' }).containerIds).toEqual([]);
    expect(whereabouts({ mountinfo: `/containers/${OWN}/hostname /etc/hostname\n`, cgroup: OWN.slice(1) })).toEqual({
      containerIds: [],
    });
  });
});
