/**
 * The part of the host's script that makes the ring buffers of a container and says whom they follow: its processes, and the
 * shim that its engine starts further ones with, so that `docker exec` and health checks count. `@{` stands for `${`.
 */
export const WATCH_SCRIPT: string = String.raw`
identities='setuid setgid setreuid setregid setresuid setresgid'
users='setuid setreuid setresuid'

# make FOLDER BOUNDING: one ring buffer, which records nothing yet.
make() {
  mkdir "$1" 2>/dev/null || return
  echo 0 >"$1/tracing_on"
  echo "$kilobytes" >"$1/buffer_size_kb"
  echo 0 >"$1/options/overwrite"
  echo 1 >"$1/options/event-fork"
  echo 1 >"$1/options/stacktrace" 2>/dev/null
  if [ -d "$1/events/$group/ask" ]; then
    [ -z "$2" ] || echo "bset == 0x$2 && (cap != 21 || eff & 0x200000)" >"$1/events/$group/ask/filter"
    [ -z "$2" ] || echo "bset == 0x$2" >"$1/events/$group/declare/filter"
  else
    # Each growth of a program's memory asks whether it is SYS_ADMIN, which most are not.
    echo 'cap != 21 || ret == 0' >"$1/events/capability/cap_capable/filter"
  fi
  for call in execve execveat; do echo 'ret == 0 || ret == -1' >"$1/events/syscalls/sys_exit_$call/filter"; done
  for call in $identities; do echo 'ret == 0' >"$1/events/syscalls/sys_exit_$call/filter"; done
  echo 'ret == -1' >"$1/events/syscalls/sys_exit_chroot/filter"
}

# Only after it is told whom to follow: a buffer that follows nobody follows everybody.
enable() {
  if [ -d "$1/events/$group/ask" ]; then echo 1 >"$1/events/$group/enable"; else echo 1 >"$1/events/capability/cap_capable/enable"; fi
  for event in sched/sched_process_fork sched/sched_process_exit task/task_rename; do echo 1 >"$1/events/$event/enable"; done
  for call in execve execveat capset chroot $identities; do echo 1 >"$1/events/syscalls/sys_exit_$call/enable"; done
  for call in $users; do echo 1 >"$1/events/syscalls/sys_enter_$call/enable"; done
}

# follow NUMBER, with thread ids on its input. Each write makes the kernel wait for all processors, so they go in few.
follow() {
  list=
  count=0
  while read -r thread; do
    list="$list $thread"
    count=$((count + 1))
    [ $count -lt 200 ] || { add "$1" "$list"; list=; count=0; }
  done
  [ -z "$list" ] || add "$1" "$list"
}

add() {
  for half in a b; do echo "$2" >>$T/instances/$own-$1$half/set_event_pid; done
}

threads_of() { ls $(printf '/proc/%s/task ' "$@") 2>/dev/null | grep -x '[0-9][0-9]*'; }

# Every process whose cgroup names the container, whoever started it.
processes_of() { grep -ls "[/-]$1" /proc/[0-9]*/cgroup 2>/dev/null | sed -n 's/^\/proc\/\([0-9]*\)\/cgroup$/\1/p'; }

# helpers_of SHIM CONTAINER: what runs for the engine just now and is not of the container, down to its grandchildren.
helpers_of() {
  level=$1
  for depth in 1 2 3; do
    [ -n "$level" ] || return 0
    level=$(grep -Es "^PPid:.($(printf '%s' "$level" | tr '\n' '|'))\$" /proc/[0-9]*/status |
      sed -n 's/^\/proc\/\([0-9]*\)\/status:.*/\1/p' | grep -vxF -e "$(processes_of "$2")")
    printf '%s\n' "$level"
  done
}

# prepare NUMBER BOUNDING
prepare() {
  for half in a b; do make "$T/instances/$own-$1$half" "$2" || return; done 2>/dev/null
  watched="$watched $1"
}

# Events take long to enable and no time to record, and while they are recorded a container stands still.
ready() {
  for half in a b; do enable "$T/instances/$own-$1$half"; done 2>/dev/null
}

record() {
  echo 1 >$T/instances/$own-$1a/tracing_on
}

# One that has ended and waits for its parent has no cgroup any more.
lives() { grep -qs '^State:.[^XZ]' "/proc/$1/status"; }

# watch NUMBER CONTAINER PID: a container that runs, or has ended meanwhile.
watch() {
  case $1$3 in '' | *[!0-9]*) return ;; esac
  case $2 in '' | *[!0-9a-f]*) return ;; esac
  if ! grep -qs "[/-]$2" "/proc/$3/cgroup"; then
    if lives "$3"; then
      say "elsewhere $1"
    else
      lasting="$lasting $1:0:$2"
      say "gone $1"
    fi
    return
  fi
  bounding=$(sed -n 's/^CapBnd:[^0-9a-f]*//p' "/proc/$3/status")
  parent=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$3/status")
  prepare "$1" "$bounding" || { say "unmade $1"; return; }
  threads_of "$parent" $(helpers_of "$parent" "$2") | follow "$1"
  before=
  for try in 1 2 3 4 5; do
    now=$(threads_of $(processes_of "$2"))
    [ "$now" != "$before" ] || break
    printf '%s\n' "$now" | follow "$1"
    before=$now
  done
  ready "$1"
  record "$1"
  say "bounding $1 $bounding"
  grep -Hs '' "/proc/$parent/comm" | tr -c '\012\040-\176' '?' | sed "s/^/engine $1 /"
  threads_of "$parent" $(helpers_of "$parent" "$2") | sed "s/^/engine $1 /"
  grep -Hs '' $(printf '/proc/%s/task/*/comm ' $(processes_of "$2")) | tr -c '\012\040-\176' '?' | sed "s/^/inside $1 /"
  grep -Hs '^Uid:' $(printf '/proc/%s/task/*/status ' $(processes_of "$2")) | sed "s/^/user $1 /"
  say "watching $1"
  lasting="$lasting $1:$3:$2"
  lives "$3" || say "gone $1"
}

# last: which containers have ended since they began to be watched, and which of these somebody started again.
last() {
  still=
  for one in $lasting; do
    number=@{one%%:*}
    container=@{one##*:}
    process=@{one#*:}
    process=@{process%%:*}
    if [ "$process" != 0 ] && lives "$process" && grep -qs "[/-]$container" "/proc/$process/cgroup"; then
      still="$still $one"
      continue
    fi
    [ "$process" = 0 ] || say "ended $number"
    # With its first process all others of its life have ended.
    if [ -n "$(processes_of "$container")" ]; then say "again $number"; else still="$still $number:0:$container"; fi
  done
  lasting=$still
}

# await NUMBER PID: a container that is about to be started by the containerd that started its first process before; where
# that is not known, by any.
await() {
  case $1$2 in '' | *[!0-9]*) return ;; esac
  starters=$(containerds "$2")
  [ -n "$starters" ] && prepare "$1" '' || { say "unmade $1"; return; }
  threads_of $starters | follow "$1"
  ready "$1"
}

containerds() {
  all=$(grep -lsx -e containerd -e docker-containerd /proc/[0-9]*/comm | sed -n 's/^\/proc\/\([0-9]*\)\/comm$/\1/p')
  shim=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$1/status" 2>/dev/null)
  address=$(tr '\0' '\n' <"/proc/@{shim:-none}/cmdline" | sed -n '/^-address$/{n;p;}') 2>/dev/null
  for process in $all; do
    # Engines in containers, and hosts beside this one, have sockets of the same name in networks of their own.
    [ "/proc/$process/ns/net" -ef "/proc/@{shim:-none}/ns/net" ] && [ "/proc/$process/ns/mnt" -ef "/proc/@{shim:-none}/ns/mnt" ] || continue
    for socket in $([ -z "$address" ] || grep -F " $address" /proc/$process/net/unix | sed -n 's/^.* \([0-9]*\) \/[^ ]*$/\1/p'); do
      ls -l /proc/$process/fd | grep -q "socket:.$socket.\$" && { printf '%s\n' "$process"; return; }
    done
  done 2>/dev/null
  printf '%s\n' "$all"
}
`;
