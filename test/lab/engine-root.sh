#!/usr/bin/env bash
# A Docker engine from the packages of another Debian release, beside whatever runs on this machine: in a root folder,
# and with mounts and a network, of its own. The roots are kept for the next time.
#
#   engine-root.sh missing         what this machine lacks, one per line; status 0 when nothing
#   engine-root.sh build RELEASE   sees to it that the release's root is there and whole
#   engine-root.sh start RELEASE   starts its engine; prints its version
#   engine-root.sh in RELEASE CMD ..  runs a command with this machine's files, the engine's network and client, and its
#                                  socket at /var/run/docker.sock
#   engine-root.sh stop RELEASE    ends its engine and everything in it; the root stays
#
# ENFORCE_ENGINES=/var/tmp/enforce-engines   where roots and running engines live; not on a tmpfs or overlay. Without a
#                                            release's folder in it, the next build takes that release's newest packages
# ENFORCE_DEBIAN=http://deb.debian.org/debian   where packages come from
# OWNER=                                     process that runs the engine; while it lives nobody else may
set -uo pipefail
ENFORCE_ENGINES=${ENFORCE_ENGINES:-/var/tmp/enforce-engines} self=$(readlink -f "$0")
export ENFORCE_ENGINES ENFORCE_DEBIAN=${ENFORCE_DEBIAN:-http://deb.debian.org/debian}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
release=${2:-} root=$ENFORCE_ENGINES/${2:-} run=$ENFORCE_ENGINES/run/${2:-}
control_group=/enforce-engine-${2:-}
readonly PACKAGES=(docker.io iptables iproute2 ca-certificates procps)
# Since trixie the client is a package of its own; before, docker-compose was another program.
readonly NEWER_PACKAGES=(docker-cli docker-compose)

main() {
  case "${1:-}" in
    missing) missing ;;
    # What is mounted while a root is built, and every process in it, ends with these namespaces.
    build) is_whole || exec unshare --mount --pid --fork --kill-child --propagation private bash "$self" make "$release" ;;
    make) make ;;
    start) start ;;
    in) enter "${@:3}" ;;
    run) become_engine ;;
    stop) stop ;;
    *) sed -n '2,/^set -u/{/^#/s/^# \{0,1\}//p}' "$self" && exit 2 ;;
  esac
}

missing() {
  local lacks=0 word
  lack() { echo "$1"; lacks=1; }
  [ "$(id -u)" = 0 ] || { lack root; return 1; }
  # The last three are for the suite that comes to the engine over ssh.
  for word in debootstrap unshare nsenter pivot_root chroot ip busybox sshd sudo docker; do
    command -v $word >/dev/null || lack "the command $word"
  done
  unshare --mount --net true 2>/dev/null || lack 'namespaces for mounts and networks'
  grep -q ' cgroup2\? ' /proc/mounts || lack 'control groups (cgroupfs-mount mounts them)'
  return $lacks
}

is_whole() {
  [ -e "$root/complete" ] && chroot "$root" dockerd --version && chroot "$root" docker --version && [ -x "$root/usr/bin/ps" ]
} >/dev/null 2>&1

# It gets its name only when it is whole.
make() {
  local unfinished=$root.unfinished
  rm -rf --one-file-system "$root" "$unfinished" && mkdir -p "$ENFORCE_ENGINES" || return
  mount -t proc proc /proc
  debootstrap --variant=minbase "$release" "$unfinished" "$ENFORCE_DEBIAN" || return
  # No service starts by being installed.
  printf '#!/bin/sh\nexit 101\n' >"$unfinished/usr/sbin/policy-rc.d" && chmod +x "$unfinished/usr/sbin/policy-rc.d"
  local wanted=("${PACKAGES[@]}")
  [ "$release" = bookworm ] || wanted+=("${NEWER_PACKAGES[@]}")
  # How old the mirror is matters to debootstrap as little.
  chroot "$unfinished" apt-get update -q -o Acquire::Check-Valid-Until=false || return
  chroot "$unfinished" apt-get install -q -y --no-install-recommends "${wanted[@]}" || return
  chroot "$unfinished" apt-get clean
  rm -rf "$unfinished"/var/lib/apt/lists/*
  touch "$unfinished/complete" && mv "$unfinished" "$root"
}

start() {
  stop && mkdir -p "$run/bin" && echo "${OWNER:-}" >"$run/owner" || return
  # A session of its own: Ctrl-C must not end the engine before the suites have tidied up.
  setsid unshare --mount --net --propagation private bash "$self" run "$release" </dev/null >"$run/log" 2>&1 &
  local unshared=$! tries
  # The release's own client, for a PATH.
  printf '#!/bin/sh\nexec nsenter -t %s -m -n -- /usr/bin/docker "$@"\n' $unshared >"$run/bin/docker" && chmod +x "$run/bin/docker"
  for tries in $(seq 300); do
    "$run/bin/docker" version --format '{{.Server.Version}} (API {{.Server.APIVersion}})' 2>/dev/null && return 0
    kill -0 $unshared 2>/dev/null || break
    sleep 0.2
  done
  echo "its dockerd did not start ($tries tries): $(tail -n 3 "$run/log")" >&2
  stop
  return 1
}

# With chroot instead of pivot_root, runc would place containers by the machine's own root.
become_engine() {
  ip link set lo up && echo 1 >/proc/sys/net/ipv4/ip_forward
  mount --bind "$root" "$root" && mkdir -p "$root/oldroot" "$root$run" || exit 1
  local place
  for place in proc sys dev; do mount --rbind "/$place" "$root/$place" || exit 1; done
  mount -t tmpfs -o mode=755 tmpfs "$root/run" && mkdir -p "$root/run/lock"
  # Suites hand folders of theirs to containers, and both sides name the engine's own by the same path.
  mount --rbind /tmp "$root/tmp" && mount --bind "$run" "$root$run" && ln -s "$run/docker.sock" "$root/run/" || exit 1
  cd "$root" && pivot_root . oldroot && cd / && umount -l /oldroot || exit 1
  export PATH=/usr/sbin:/usr/bin:/sbin:/bin
  exec dockerd -H "unix://$run/docker.sock" --data-root "$run/data" --exec-root "$run/exec" --pidfile "$run/docker.pid" \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "$control_group"
}

# Published ports answer in the engine's network. An engine of this machine cannot be taken for it.
enter() {
  local own_run='mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/sshd /run/lock && ln -s "$0" /run/ && exec "$@"'
  PATH=$run/bin:$PATH exec nsenter -t "$(cat "$run/docker.pid")" -n -- unshare --mount --propagation private \
    sh -c "$own_run" "$run/docker.sock" "$@"
}

stop() {
  local tries left owner engine; owner=$(cat "$run/owner" 2>/dev/null) engine=$(cat "$run/docker.pid" 2>/dev/null)
  if [ -n "$owner" ] && [ "$owner" != "${OWNER:-}" ] && [ -d "/proc/$owner" ]; then
    echo "process $owner uses it; ENFORCE_ENGINES with another folder gives you engines of your own" >&2 && return 1
  fi
  # It ends its containers by itself, if it can.
  ours | grep -qx "${engine:-none}" && kill "$engine"
  for tries in $(seq 150); do ours | grep -qx "${engine:-none}" || break; sleep 0.2; done
  for tries in $(seq 50); do
    left=$(ours; in_its_containers)
    [ -n "$left" ] || break
    # shellcheck disable=SC2086 # several numbers
    kill -KILL $left 2>/dev/null
    sleep 0.1
  done
  [ -z "$left" ] || { echo "these processes of it do not end ($tries tries): $left" >&2 && return 1; }
  find /sys/fs/cgroup -depth -type d -path "*$control_group*" -exec rmdir {} + 2>/dev/null
  rm -rf --one-file-system "$run"
}

# The engine, its containerd and their shims say in their command line where the engine lives.
ours() { grep -lsF -f <(echo "$run/exec") /proc/[0-9]*/cmdline | cut -d/ -f3; }
in_its_containers() { grep -lsE "$control_group(/|\$)" /proc/[0-9]*/cgroup | cut -d/ -f3; }

main "$@"
