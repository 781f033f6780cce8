// Both scripts need a POSIX shell with ls, grep and sed, and touch no file outside /proc. Every line begins with where it
// is from, and control characters in names of files are replaced, so that no name can pose as a line. The shell's own
// `read` is not used: byte by byte, it gets half of a sysctl.
const SOCKETS = String.raw`
LC_ALL=C
export LC_ALL
cd /proc && [ -r net/tcp ] && [ -r sys/kernel/osrelease ] || { echo 'it has no /proc/net' >&2; exit 3; }
grep -H '' sys/kernel/osrelease sys/kernel/hostname sys/net/ipv4/ip_local_port_range
grep -H '^Uid:' self/status

sockets=$(grep -HE '^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} 0[A7] ' net/tcp net/tcp6 net/udp net/udp6 2>/dev/null)
printf '%s\n' "$sockets"
`;

const HOLDERS = String.raw`
inodes=$(printf '%s\n' "$sockets" |
  sed -nE 's/^net.[a-z0-9]+: *[0-9]+: [0-9A-F]+:0[0-3][0-9A-F]{2} [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ +[0-9]+ +[0-9]+ +([1-9][0-9]*) .*/\1/p')
if [ -n "$inodes" ]; then
  set -- $inodes
  IFS='|'
  pattern="$*"
  unset IFS
  quote=
  ls -lnq self >/dev/null 2>&1 && quote=q
  held=$(ls -ln$quote self/fd [0-9]*/fd 2>/dev/null |
    sed -nE -e 's/^(self|[0-9]+)\/fd:$/\1\//p' -e 's/^l[^>]* -> socket:\[('"$pattern"')\]$/\1/p')
  pid=self/
  pids=
  files=
  for word in $held; do
    case $word in
      */) pid=$word ;;
      *)
        printf 'held %s %s\n' "$word" "$pid"
        case "$pids " in *" $pid "*) continue ;; esac
        pids="$pids $pid"
        files="$files $pid"'status '"$pid"cgroup
        ;;
    esac
  done
  [ -z "$files" ] || grep -HE '^(Name:|[0-9]+:)' $files 2>/dev/null
fi
`;

/** Reads from a host's kernel what no engine tells: its ephemeral ports, and what listens in its network. */
export const SOCKETS_SCRIPT = `${SOCKETS}echo 'holders unread'
echo end
`;

/**
 * The same, and which process holds each socket below 1024. It forks a handful of times however many processes there
 * are, but looks at every open file of each, which takes the host most of the time a scan does. Links are listed, never
 * followed: a file on a dead network mount would hang it.
 */
export const MACHINE_SCRIPT = `${SOCKETS}${HOLDERS}echo end
`;
