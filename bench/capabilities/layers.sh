#!/usr/bin/env bash
# What Debian's packages put into an image: one small root for all of them, and for each set of packages what it adds.
# Needs root and Debian's mirror, and no engine.
#
#   layers.sh root                     sees to it that the root is there
#   layers.sh layer FILE PACKAGE ..    writes what these packages add to it, as FILE (a tar)
#
# ENFORCE_BENCH=/var/tmp/enforce-bench           where the root and the layers are kept; not on a tmpfs or overlay
# ENFORCE_DEBIAN=http://deb.debian.org/debian    where packages come from
set -uo pipefail
ENFORCE_BENCH=${ENFORCE_BENCH:-/var/tmp/enforce-bench} self=$(readlink -f "$0")
export ENFORCE_BENCH ENFORCE_DEBIAN=${ENFORCE_DEBIAN:-http://deb.debian.org/debian}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
readonly RELEASE=bookworm ROOT=$ENFORCE_BENCH/root

main() {
  case "${1:-}" in
    root) is_whole || make_root ;;
    # What is mounted meanwhile, and every process in it, ends with these namespaces.
    layer) exec unshare --mount --pid --fork --kill-child --propagation private bash "$self" make "${@:2}" ;;
    make) make_layer "${@:2}" ;;
    *) sed -n '2,/^set -u/{/^#/s/^# \{0,1\}//p}' "$self" && exit 2 ;;
  esac
}

is_whole() { [ -e "$ROOT/complete" ]; }

make_root() {
  local unfinished=$ROOT.unfinished
  rm -rf --one-file-system "$ROOT" "$unfinished" && mkdir -p "$ENFORCE_BENCH/layers" || return
  debootstrap --variant=minbase --include=ca-certificates "$RELEASE" "$unfinished" "$ENFORCE_DEBIAN" || return
  printf '#!/bin/sh\nexit 101\n' >"$unfinished/usr/sbin/policy-rc.d" && chmod +x "$unfinished/usr/sbin/policy-rc.d"
  # Nothing here has to survive a power cut, and nobody reads manuals in it.
  printf 'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' \
    >"$unfinished/etc/dpkg/dpkg.cfg.d/bench"
  chroot "$unfinished" apt-get update -q -o Acquire::Check-Valid-Until=false || return
  chroot "$unfinished" apt-get clean
  touch "$unfinished/complete" && mv "$unfinished" "$ROOT"
}

make_layer() {
  local file=$1 work; shift
  work=$(mktemp -d "$ENFORCE_BENCH/layer.XXXXXX") && mkdir "$work/added" "$work/work" "$work/merged" || return
  install_into "$work" "$@"
  local status=$?
  umount -l "$work/merged" 2>/dev/null
  [ $status = 0 ] && write_tar "$work/added" "$file"
  status=$?
  rm -rf --one-file-system "$work"
  return $status
}

install_into() {
  local merged=$1/merged; shift
  mount -t overlay -o "lowerdir=$ROOT,upperdir=${merged%/*}/added,workdir=${merged%/*}/work" overlay "$merged" || return
  mount -t proc proc "$merged/proc" || return
  chroot "$merged" apt-get install -q -y --no-install-recommends "$@" || return
  chroot "$merged" apt-get clean
  umount "$merged/proc"
}

# A file that a package removed from the root is a device of the overlay's own, which is no file of an image.
write_tar() {
  find "$1" -type c -delete
  tar -C "$1" --xattrs --xattrs-include=security.capability --numeric-owner --exclude=./var/lib/apt --exclude=./var/log/apt \
    -cf "$2.unfinished" . && mv "$2.unfinished" "$2"
}

main "$@"
