#!/usr/bin/env bash
# Several Docker hosts on one Linux machine. Each has its own network, mount, process and host-name namespaces, its own
# /etc, /run and /var/lib/docker, its own sshd on port 22 and its own dockerd. Killing a host's first process is a power
# cut: everything in it dies, its disk stays. The hosts reach one another and this machine, and nothing else.
#
#   lab.sh up N            hosts 1..N; those that are up are left alone
#   lab.sh down [K ...]    ends all hosts, or these, and removes every trace of them
#   lab.sh ls              host, address, engine, containers
#   lab.sh ssh K [CMD ..]  ssh to host K as root
#   lab.sh in K CMD ..     runs CMD inside host K, without ssh
#   lab.sh kill K          power cut;  lab.sh up-one K  boots it again from its disk
#   lab.sh dockerd K stop|kill|start|hang|wake    the engine alone; host and sshd stay
#   lab.sh load FILE [K ..]  docker load FILE into all hosts, or these
#   lab.sh missing         what this machine lacks for a lab, one per line; status 0 when nothing
#   lab.sh claim           prints a LAB_ID that nobody uses and takes it
#
# LAB=/var/tmp/enforce-lab  where the hosts live; not on a tmpfs or overlay
# LAB_ID=0                  two labs at the same time need two: host K has the address 10.(200+LAB_ID).0.(K+9)
# DOCKERD_OPTS=             more options for the engines. In a host, /labhost is its own folder of $LAB
#
# Users, all with the key $LAB/home/.ssh/id_ed25519: root; ops (group docker); narrow (group docker, may not forward);
# deploy (sudo without a password); guest (none of these). HOME=$LAB/home has the client side: key, config, known_hosts.
set -u
LAB=${LAB:-/var/tmp/enforce-lab} LAB_ID=${LAB_ID:-0}
export LAB LAB_ID DOCKERD_OPTS="${DOCKERD_OPTS:-}"
bridge=enfbr$LAB_ID net=10.$((200 + LAB_ID)).0 client=$LAB/home/.ssh self=$(readlink -f "$0")

main() {
  case "${1:-}" in
    up) take_network && make_client && seq "${2:?how many}" | xargs -P 4 -I{} bash "$self" boot {} ;;
    up-one) take_network && make_client && boot "${2:?which}" ;;
    boot) boot "$2" ;;
    down) shift && down "$@" ;;
    kill) power_cut "${2:?which}" ;;
    ls) for k in $(hosts); do describe "$k"; done ;;
    ssh) exec ssh -F "$client/config" "h${2:?which}" "${@:3}" ;;
    in) enter "${2:?which}" "${@:3}" ;;
    dockerd) engine "${2:?which}" "${3:?stop, kill, start, hang or wake}" ;;
    load) load "${2:?file}" "${@:3}" ;;
    missing) missing ;;
    claim) claim ;;
    *) sed -n '2,/^set -u/{/^#/s/^# \{0,1\}//p}' "$self" && exit 2 ;;
  esac
}

address() { echo "$net.$(($1 + 9))"; }
first_pid() { cat "$LAB/h$1/pid" 2>/dev/null; }
socket() { echo "/proc/$(first_pid "$1")/root/run/docker.sock"; }
alive() { grep -qszx start-host "/proc/$(first_pid "$1")/cmdline"; }
hosts() { find "$LAB" -maxdepth 1 -name 'h[0-9]*' -printf '%f\n' 2>/dev/null | tr -d h | sort -n; }
chosen() { if [ $# -gt 0 ]; then echo "$@"; else hosts; fi; }
enter() { nsenter -t "$(first_pid "$1")" -m -u -i -n -p --root --wd -- "${@:2}"; }

missing() {
  local lacks=0 scratch word
  lack() { echo "$1"; lacks=1; }
  [ "$(id -u)" = 0 ] || { lack root; return 1; }
  for word in dockerd docker sshd ssh-keygen ip iptables nsenter unshare sudo flock; do
    command -v $word >/dev/null || lack "the command $word"
  done
  mkdir -p "$LAB" && scratch=$(mktemp -d "$LAB/missing.XXXXXX") && mkdir "$scratch"/{upper,work,root}
  unshare --mount mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root" \
    2>/dev/null || lack "an overlay mount over $LAB"
  unshare --net true 2>/dev/null || lack "network namespaces"
  rm -rf "$scratch" && rmdir "$LAB" 2>/dev/null
  return $lacks
}

claim() {
  for id in $(seq 1 50); do
    # Making the bridge is the claim: the kernel refuses a second of its name.
    ip link add "enfbr$id" type bridge 2>/dev/null && echo "$id" && return 0
  done
  echo 'every LAB_ID from 1 to 50 is taken: ip link | grep enfbr' >&2 && return 1
}

take_network() {
  mkdir -p "$LAB"
  ip link show "$bridge" >/dev/null 2>&1 || ip link add "$bridge" type bridge || return 1
  ip addr replace "$net.1/24" dev "$bridge" && ip link set "$bridge" up || return 1
  # Where a Docker engine runs on this machine, it drops what is forwarded, bridged frames included.
  iptables -C FORWARD -i "$bridge" -o "$bridge" -j ACCEPT 2>/dev/null ||
    iptables -I FORWARD -i "$bridge" -o "$bridge" -j ACCEPT
  # Every engine and container watches files; 128 watchers are the kernel's default for all of root's processes.
  local watchers; watchers=$(sysctl -n fs.inotify.max_user_instances)
  [ "$watchers" -ge 1024 ] || { echo "$watchers" >"$LAB/watchers" && sysctl -qw fs.inotify.max_user_instances=8192; }
}

leave_network() {
  iptables -D FORWARD -i "$bridge" -o "$bridge" -j ACCEPT 2>/dev/null
  ip link del "$bridge" 2>/dev/null
  [ -f "$LAB/watchers" ] && sysctl -qw fs.inotify.max_user_instances="$(cat "$LAB/watchers")"
}

make_client() {
  mkdir -p "$client" && chmod 755 "$LAB" && chmod 700 "$client"
  [ -f "$client/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$client/id_ed25519"
  [ -f "$client/config" ] && return
  cat >"$client/config" <<END
Host h* $net.*
  User root
  IdentityFile $client/id_ed25519
  IdentitiesOnly yes
  UserKnownHostsFile $client/known_hosts
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 5
END
}

boot() {
  local k=$1 host="$LAB/h$1" space="enf${LAB_ID}h$1" ip pid parent
  ip=$(address "$k")
  alive "$k" && return 0
  mkdir -p "$host"/{docker,containerd,upper,work,root} && cp "$(dirname "$self")/host.sh" "$host/"
  if [ ! -f "$host/ssh_host_ed25519_key" ]; then
    ssh-keygen -q -t ed25519 -N '' -C "h$k" -f "$host/ssh_host_ed25519_key"
    {
      flock 9
      echo "h$k,$ip $(cut -d' ' -f1,2 "$host/ssh_host_ed25519_key.pub")" >>"$client/known_hosts"
      printf 'Host h%s\n  HostName %s\n' "$k" "$ip" >>"$client/config"
    } 9>"$LAB/lock"
  fi
  if [ ! -e "/run/netns/$space" ]; then
    ip netns add "$space"
    # The link of a namespace that is gone goes away only some time after it.
    ip link del "$space" 2>/dev/null
    # The same hardware address after every boot, or the neighbours would look for the old one for half a minute.
    ip link add "$space" type veth peer name eth0 address "$(printf '02:00:0a:c8:%02x:%02x' "$LAB_ID" "$k")" netns "$space" &&
      ip link set "$space" master "$bridge" up
    ip -n "$space" link set lo up && ip -n "$space" addr add "$ip/24" dev eth0 && ip -n "$space" link set eth0 up
    ip -n "$space" route add default via "$net.1"
  fi
  # Not `ip netns exec`: it mounts a new /sys, and that one has no cgroups.
  setsid nsenter --net="/run/netns/$space" unshare --mount --uts --ipc --pid --fork --kill-child --propagation private \
    bash "$host/host.sh" start-host "$k" "$ip" "$host" "$client" "$bridge" </dev/null >"$host/init.log" 2>&1 &
  parent=$!
  until pid=$(tr -d ' ' <"/proc/$parent/task/$parent/children" 2>/dev/null) && [ -n "$pid" ]; do
    kill -0 $parent 2>/dev/null || { echo "h$k did not start: $host/init.log" >&2 && return 1; }
    sleep 0.02
  done
  echo "$pid" >"$host/pid"
  local give_up=$((SECONDS + 90))
  while [ $SECONDS -lt $give_up ]; do
    [ -d "/proc/$pid" ] || { echo "h$k died: $host/init.log" >&2 && return 1; }
    # Until the host has its own root, /proc/PID/root is this machine's, and so is the engine found there.
    [ -d "/proc/$pid/root/labhost" ] && [ -S "$(socket "$k")" ] && timeout 20 docker -H "unix://$(socket "$k")" version >/dev/null 2>&1 &&
      timeout 2 bash -c "exec 3<>/dev/tcp/$ip/22" 2>/dev/null && return 0
    sleep 0.05
  done
  echo "h$k is not up after 90 s: $host/init.log $host/dockerd.log" >&2 && return 1
}

engine() {
  case "$2" in
    stop) enter "$1" sh -c 'kill "$(cat /run/docker.pid)"; while [ -e /run/docker.pid ]; do sleep 0.05; done' ;;
    kill) enter "$1" sh -c 'pid=$(cat /run/docker.pid); kill -KILL "$pid"; while [ -d "/proc/$pid" ]; do sleep 0.05; done' ;;
    hang) enter "$1" sh -c 'kill -STOP "$(cat /run/docker.pid)"' ;;
    wake) enter "$1" sh -c 'kill -CONT "$(cat /run/docker.pid)"' ;;
    start) enter "$1" bash /labhost/host.sh start-engine "$bridge" &&
      timeout 60 bash -c "until docker -H unix://$(socket "$1") version >/dev/null 2>&1; do sleep 0.1; done" ;;
  esac
}

load() {
  local file=$1 k
  for k in $(chosen "${@:2}"); do docker -H "unix://$(socket "$k")" load -q -i "$file" | sed "s/^/h$k: /" & done
  wait
}

describe() {
  alive "$1" || { printf 'h%s\t%s\tdown\n' "$1" "$(address "$1")" && return; }
  printf 'h%s\t%s\t%s\n' "$1" "$(address "$1")" "$(timeout 5 docker -H "unix://$(socket "$1")" info \
    --format 'Docker {{.ServerVersion}}, {{.ContainersRunning}} of {{.Containers}} containers run' 2>&1)"
}

power_cut() {
  local k=$1 pid; pid=$(first_pid "$k")
  if alive "$k"; then
    kill -KILL "$pid"
    while [ -d "/proc/$pid" ] && ! grep -qs '^State:.Z' "/proc/$pid/status"; do sleep 0.02; done
  fi
  rm -f "$LAB/h$k/pid"
  remove_cgroups "$bridge/h$k"
  ip link del "enf${LAB_ID}h$k" 2>/dev/null
  ip netns del "enf${LAB_ID}h$k" 2>/dev/null
}

# A power cut leaves the containers' cgroups behind, empty.
remove_cgroups() {
  local group
  for group in /sys/fs/cgroup/*/"$1" /sys/fs/cgroup/"$1"; do
    [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
  done
}

down() {
  local k
  for k in $(chosen "$@"); do down_one "$k" & done
  wait
  [ -z "$(hosts)" ] || return 0
  leave_network
  remove_cgroups "$bridge"
  rm -rf "$LAB"
}

down_one() {
  power_cut "$1"
  local tries
  # The dead host's mounts are let go of a moment after its last process.
  for tries in 1 2 3 4 5 6 7 8; do rm -rf "$LAB/h$1" 2>/dev/null && break; sleep 0.2; done
  [ -d "$LAB/h$1" ] && echo "$LAB/h$1 could not be removed (try $tries)" >&2
  [ -d "$client" ] || return 0
  { flock 9; sed -i "/^h$1,/d" "$client/known_hosts"; sed -i "/^Host h$1\$/,+1d" "$client/config"; } 9>"$LAB/lock"
}

main "$@"
