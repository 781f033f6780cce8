import { CALIBRATE_SCRIPT } from './calibrate-script.ts';
import { SHORTEN_SCRIPT } from './shorten-script.ts';
import { WATCH_SCRIPT } from './watch-script.ts';

/**
 * What runs on the host while containers are watched: a POSIX shell that is told what to do line by line, and takes away
 * what it made when its input closes, at a signal, or when nobody has spoken to it for a while.
 *
 * Each watched container has two ring buffers of its own (`…a` and `…b`), of which one records while the other is read, so
 * that nothing is missed in between. As no two containers share one, a container can at worst spoil what is said of itself.
 * All that is recorded are numbers and names of at most 15 characters: too short for a name to be a line of its own.
 */
export const HOST_SCRIPT: string = (
  String.raw`{
LC_ALL=C
export LC_ALL
umask 077
# Below all that a shell inherits: nobody's name, nor a link in the working folder, is ever followed.
cd / || exit 3

say() { printf '%s\n' "$*"; }

# When a process began, which with its number names it for good. Its own name, within brackets, may hold anything.
began() {
  set -- $(sed -n '$s/.*) //p' "/proc/$1/stat" 2>/dev/null)
  [ $# -ge 20 ] || return 0
  shift 19
  printf '%s' "$1"
}

me=$$
mine=$(began $$)
T=
own=
group=
space=$(ls -l /proc/self/ns/pid 2>/dev/null | sed -n 's/.*pid:\[\([0-9]*\)\]$/\1/p')
dog=
watched=
lasting=

# A mount of enforce's own has its name, and is taken away by the last that works there: each works from within.
find_tracefs() {
  for try in 1 2 3 4 5; do
    for place in /sys/kernel/tracing /sys/kernel/debug/tracing; do
      [ -d $place/instances ] && cd $place 2>/dev/null && [ -d instances ] && { T=$place; break; }
    done
    [ -z "$T" ] || return
    [ -d /sys/kernel/tracing ] && mount -t tracefs enforce /sys/kernel/tracing 2>/dev/null || return
  done
}

remove() {
  [ -d "$1" ] || return 0
  { echo 0 >"$1/tracing_on"; echo 0 >"$1/events/enable"; rmdir "$1"; } 2>/dev/null
}

# Of probes, the definition is everybody's: each has the name of its maker.
forget() {
  [ -e $T/kprobe_events ] || return 0
  for probe in $(sed -n 's/^[a-z][0-9]*:\('"$1"'\/[a-z]*\) .*/\1/p' $T/kprobe_events); do
    echo "-:$probe" >>$T/kprobe_events
  done 2>/dev/null
}

clean() {
  [ -n "$own" ] || return 0
  for folder in $T/instances/$own-*; do remove "$folder"; done
  forget $group
  cd /
  while grep -q "^enforce $T tracefs " /proc/self/mounts && umount $T 2>/dev/null; do :; done
}

# What others left whose shell is no more: enforce-RANDOMnSPACE-PID-BEGAN-NUMBER. What is not named so is not looked at, nor
# what was made in another space of processes, where others have these numbers.
sweep() {
  for folder in $T/instances/enforce-*; do
    set -- $(printf '%s\n' "@{folder##*/}" | sed -n "s/^enforce-[a-z0-9]*n$space-\([0-9]*\)-\([0-9]*\)-[0-9]*[ab]\$/\1 \2/p")
    [ $# -eq 2 ] && [ "$(began "$1")" != "$2" ] && remove "$folder" && say "swept @{folder##*/}"
  done
  [ -e $T/kprobe_events ] || return 0
  for left in $(sed -n "s/^[a-z][0-9]*:\(enforce_[a-z0-9]*n@{space}_[0-9]*_[0-9]*\)\/.*/\1/p" $T/kprobe_events | sort -u); do
    set -- $(printf '%s\n' "$left" | tr '_' ' ')
    [ "$(began "$3")" = "$4" ] || { forget "$left"; say "swept $left"; }
  done
}

# What all processors together may take for one buffer, by the share of each.
share() {
  set -- "$1" $T/per_cpu/cpu*
  kilobytes=$(($1 / ($# - 1)))
  [ $kilobytes -ge 4 ] || kilobytes=4
}

# Ends this shell when nobody has spoken to it for long, and cleans up where it was killed.
guard() {
  [ -z "$dog" ] || kill "$dog" 2>/dev/null
  (
    cd /
    nap=
    trap '[ -z "$nap" ] || kill $nap; exit' TERM
    sleep 90 &
    nap=$!
    wait $nap
    if [ "$(began $me)" = "$mine" ]; then kill -TERM $me; else clean; fi
  ) </dev/null >/dev/null 2>&1 &
  dog=$!
}

# called RANDOM: all that is made from here on has this name.
called() {
  case $1 in '' | *[!a-z0-9]*) return 1 ;; esac
  own=enforce-$1n$space-$me-$mine
  group=enforce_$1n@{space}_@{me}_$mine
  guard
}

# begin RANDOM BOUNDING EFFECTIVE NAMESPACE: where struct cred has these; without them there is only the tracepoint.
begin() {
  case $2$3$4 in *[!0-9]*) return ;; esac
  called "$1" || return
  [ -n "$4" ] || return 0
  define ask cap_capable "bset=+$2(@1):x64 eff=+$3(@1):x64 ns=+$4(@1):x64 targ=@2:x64 cap=@3:s32" &&
    define declare security_capset "bset=+$2(@1):x64 prm=+0(@5):x64" &&
    say probed || { forget $group; say unprobed; }
}
` +
  CALIBRATE_SCRIPT +
  WATCH_SCRIPT +
  String.raw`
# drain NUMBER: reads the buffer that recorded, and lets the other one record.
drain() {
  base=$T/instances/$own-$1
  [ -d "@{base}a" ] && [ -d "@{base}b" ] || { say "window $1"; say 'lost 1'; return; }
  read -r recording <"@{base}a/tracing_on"
  if [ "$recording" = 1 ]; then full=@{base}a next=@{base}b; else full=@{base}b next=@{base}a; fi
  echo 1 >"$next/tracing_on"
  echo 0 >"$full/tracing_on"
  say "window $1"
  cat $full/per_cpu/cpu*/stats | sed -n -e 's/^overrun: \([1-9]\)/lost \1/p' -e 's/^commit overrun: \([1-9]\)/lost \1/p' \
    -e 's/^dropped events: \([1-9]\)/lost \1/p'
  lines=$(shorten <$full/trace)
  echo >$full/trace
  [ -z "$lines" ] || tell "$1"
}

# tell NUMBER: as it came where that is little; else the calls by their number, apart from those of processes that came,
# left their program or changed their rights meanwhile: of them the order counts.
tell() {
  if [ @{#lines} -lt 262144 ]; then
    printf '%s\n' "$lines"
    return
  fi
  for half in a b; do echo 0 >$T/instances/$own-$1$half/options/stacktrace; done
  moving=$(printf '%s\n' "$lines" | sed -n 's/^\(#[0-9]*#\)[efmnxs].*/\1/p' | sort -u)
  if [ -n "$moving" ]; then
    printf '%s\n' "$lines" | grep -F -e "$moving" | grep -v '#k ' | uniq -c | sed -e "$most{s/.*/cut/;q;}"
    printf '%s\n' "$lines" | grep -vF -e "$moving" | grep -v '#k ' | sort | uniq -c
  else
    printf '%s\n' "$lines" | grep -v '#k ' | sort | uniq -c
  fi
}
` +
  SHORTEN_SCRIPT +
  String.raw`
# drop STARTER NUMBER: from here on the container's own buffer tells of it.
drop() {
  [ ! -d "$T/instances/$own-$2a" ] || echo enforce-from-here >"$T/instances/$own-$2a/trace_marker"
  most=40000
  drain "$1"
  most=4000
  for half in a b; do remove "$T/instances/$own-$1$half"; done
  kept=
  for number in $watched; do [ "$number" = "$1" ] || kept="$kept $number"; done
  watched=$kept
  kept=
  for one in $lasting; do [ "@{one%%:*}" = "$1" ] || kept="$kept $one"; done
  lasting=$kept
}

if [ "$(id -u)" != 0 ]; then say 'refused root'; say ready; exit 0; fi
find_tracefs
if [ -z "$T" ]; then say 'refused tracefs'; say ready; exit 0; fi
trap 'clean; [ -z "$dog" ] || kill "$dog" 2>/dev/null' EXIT
trap 'exit 1' HUP INT PIPE TERM
own=enforce-none-$me-$mine
sweep
for event in capability/cap_capable syscalls/sys_exit_execve syscalls/sys_exit_capset sched/sched_process_fork task/task_rename; do
  [ ! -d $T/events/$event ] || say "has $event"
done
[ ! -e $T/options/event-fork ] || say 'has event-fork'
[ ! -e $T/kprobe_events ] || say 'has kprobes'
[ ! -e /sys/kernel/btf/vmlinux ] || say 'has btf'
share 8192
most=4000
guard
say ready
while read -r verb first second third fourth; do
  guard
  case $verb in
    size) case $first in '' | *[!0-9]*) ;; *) share "$first" ;; esac ;;
    learn) learn "$first" ;;
    begin) begin "$first" "$second" "$third" "$fourth" ;;
    watch) watch "$first" "$second" "$third" ;;
    await) await "$first" "$second" ;;
    record) case $first in '' | *[!0-9]*) ;; *) record "$first" ;; esac ;;
    drain) case $first in '') last ;; esac; case $first in *[!0-9]*) ;; *) for number in @{first:-$watched}; do drain "$number"; done ;; esac ;;
    drop) drop "$first" "$second" ;;
  esac
  say ready
done
exit 0
}
`
).replaceAll('@{', '${');
