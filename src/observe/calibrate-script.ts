/**
 * The part of the host's script that finds out, on a kernel that does not describe its types, what a check of rights is given:
 * it shows the first words of the credentials that are asked about beside the rights that `/proc` tells of who asked. Where
 * among them the sets are is for `locate-credentials.ts` to tell. `@{` stands for `${`.
 */
export const CALIBRATE_SCRIPT: string = String.raw`
# define NAME FUNCTION FIELDS: a probe. Its arguments (@1 to @5) it finds by their number or, where the kernel does not count
# them, in the registers of x86 or of arm.
define() {
  for places in 's/@/$arg/g' 's/@1/%di/g;s/@2/%si/g;s/@3/%dx/g;s/@5/%r8/g' 's/@1/%x0/g;s/@2/%x1/g;s/@3/%x2/g;s/@5/%x4/g'; do
    echo "p:$group/$1 $2 $(printf '%s\n' "$3" | sed "$places")" >>$T/kprobe_events && return
  done 2>/dev/null
  return 1
}

# Who lowers a limit and raises it again is asked for SYS_RESOURCE, whether or not he has it; what the limit is of does not
# matter. Then its ids and its sets of capabilities, as one line.
ASK='(ulimit -c 0; ulimit -c unlimited); sed -n -e "s/^[UG]id://p" -e "s/^Cap[A-Z][a-z]*://p" /proc/$$/status'

# learn RANDOM: this shell itself asks, and a user who has no rights, where there is a program to become one.
learn() {
  called "$1" || return
  words=
  at=0
  while [ $at -lt 192 ]; do
    words="$words w$at=+$at(@1):x32"
    at=$((at + 4))
  done
  define ask cap_capable "targ=@2:x64 cap=@3:s32$words" || { say unprobed; return; }
  base=$T/instances/$own-0a
  {
    mkdir "$base"
    echo 0 >"$base/tracing_on"
    echo "$kilobytes" >"$base/buffer_size_kb"
    echo 0 >"$base/options/overwrite"
    echo 1 >"$base/options/event-fork"
    echo 'cap == 24' >"$base/events/$group/ask/filter"
    if echo $me >"$base/set_event_pid" && echo 1 >"$base/events/$group/ask/enable"; then
      echo 1 >"$base/tracing_on"
      say rights $(eval "$ASK")
      for other in 'setpriv --reuid 65534 --regid 65533 --clear-groups' 'chroot --userspec=65534:65533 /'; do
        told=$($other sh -c "$ASK; exit") && { say rights $told; break; }
      done
      echo 0 >"$base/tracing_on"
      sed -n -e 's/^.\{0,16\}-[0-9]\{1,\} *\[[0-9]\{1,\}\] [^ ]* *[0-9]*\.[0-9]*: ask: ([^()]*) targ=0x\([0-9a-f]*\) cap=24 \(w0=[0-9a-fwx= ]*\)$/memory \1 \2/' \
        -e '/^memory /s/ w[0-9]*=0x/ /gp' "$base/trace" | sort -u
    fi
    remove "$base"
    forget $group
  } 2>/dev/null
}
`;
