#!/usr/bin/env bash
# What happens inside a host of the lab; lab.sh calls it.
#
#   host.sh start-host K ADDRESS FOLDER CLIENT BRIDGE    becomes the first process of host K
#   host.sh start-engine BRIDGE                          starts the host's dockerd again
set -u

main() {
  case "$1" in
    start-host) start_host "${@:2}" ;;
    start-engine) start_engine "$2" ;;
  esac
}

start_host() {
  local k=$1 address=$2 host=$3 client=$4 bridge=$5 root="$3/root"
  trap '' HUP INT
  hostname "h$k"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$host/upper,workdir=$host/work" "$root" || exit 1
  mount --rbind /dev "$root/dev" && mount --rbind /sys "$root/sys" && mount -t proc proc "$root/proc" || exit 1
  mount -t tmpfs -o mode=755 tmpfs "$root/run" && mkdir -p "$root/run/sshd" "$root/run/lock"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mkdir -p "$root"/{var/lib/docker,var/lib/containerd,labhost,etc/docker,etc/sudoers.d}
  mount --bind "$host/docker" "$root/var/lib/docker" && mount --bind "$host/containerd" "$root/var/lib/containerd"
  mount --bind "$host" "$root/labhost"
  echo "h$k" >"$root/etc/hostname" && printf '127.0.0.1 localhost\n%s h%s\n' "$address" "$k" >"$root/etc/hosts"
  rm -f "$root"/etc/docker/daemon.json "$root"/root/{.bashrc,.profile,.bash_profile}
  set_up_ssh "$host" "$client" "$root/etc" && make_users "$root"
  mkdir -p "$root/.old" && cd "$root" && pivot_root . .old && umount -l /.old && rmdir /.old
  /usr/sbin/sshd -D -e -f /etc/ssh/sshd_config >/labhost/sshd.log 2>&1 &
  local sshd=$!
  start_engine "$bridge"
  # The host lives as long as its sshd; what dies in it is reaped here.
  while kill -0 $sshd 2>/dev/null; do wait -n 2>/dev/null || sleep 0.2; done
}

set_up_ssh() {
  local host=$1 client=$2 etc=$3
  rm -f "$etc"/ssh/ssh_host_* "$etc"/ssh/sshd_config.d/* && cp -p "$host"/ssh_host_ed25519_key* "$etc/ssh/"
  install -m 644 "$client/id_ed25519.pub" "$etc/ssh/authorized_keys"
  cat >"$etc/ssh/sshd_config" <<'END'
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PidFile /run/sshd.pid
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200:30:300
UseDNS no
Subsystem sftp internal-sftp
Match User narrow
  AllowStreamLocalForwarding no
  AllowTcpForwarding no
END
}

make_users() {
  local root=$1 etc=$1/etc id=2001 user
  grep -q '^ops:' "$etc/passwd" && return
  grep -q '^docker:' "$etc/group" || echo 'docker:x:2900:' >>"$etc/group"
  sed -i -E 's/^(docker:[^:]*:[^:]*:).*/\1ops,narrow/' "$etc/group"
  for user in ops narrow deploy guest; do
    echo "$user:x:$id:$id::/home/$user:/bin/sh" >>"$etc/passwd" && echo "$user:x:$id:" >>"$etc/group"
    # `*`, not `!`: without PAM, sshd refuses a locked account even with a key.
    echo "$user:*:19000:0:99999:7:::" >>"$etc/shadow"
    install -d -o $id -g $id "$root/home/$user" && id=$((id + 1))
  done
  echo 'deploy ALL=(root) NOPASSWD: ALL' >"$etc/sudoers.d/deploy" && chmod 440 "$etc/sudoers.d/deploy"
}

start_engine() {
  rm -f /run/docker.pid
  # shellcheck disable=SC2086 # DOCKERD_OPTS is several words
  setsid dockerd -H unix:///var/run/docker.sock --pidfile /run/docker.pid --exec-opt native.cgroupdriver=cgroupfs \
    --cgroup-parent "/$1/$(hostname)" ${DOCKERD_OPTS:-} </dev/null >>/labhost/dockerd.log 2>&1 &
}

main "$@"
