// A POSIX shell with ls, grep, sed and tr is all it takes. Every line begins with where it is from, and control characters
// in names of files are replaced, so that no name can pose as a line. The shell's own `read` is not used: byte by byte, it
// gets half of a sysctl.
const ALWAYS = String.raw`
LC_ALL=C
export LC_ALL
cd /proc && [ -r net/tcp ] && [ -r sys/kernel/osrelease ] || { echo 'it has no /proc/net' >&2; exit 3; }
grep -H '' sys/kernel/osrelease sys/kernel/hostname sys/net/ipv4/ip_local_port_range
grep -H '^Uid:' self/status

# sudo takes the variable away; who called it still has it.
login=$SSH_CONNECTION
pid=$PPID
steps=
[ -z "$SUDO_USER" ] || steps=1234
while [ -z "$login" ] && [ -n "$steps" ] && [ -n "$pid" ]; do
  login=$(tr '\0' '\n' <"$pid/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p')
  pid=$(sed -n 's/^PPid:[^0-9]*//p' "$pid/status" 2>/dev/null)
  steps=$(printf '%s' "$steps" | sed 's/.//')
done
case $login in *[!0-9A-Za-z.:%\ ]*) login= ;; esac
printf 'login %s\n' "$login"
grep -HE '^[^ ]+ [^ ]+ [^ ]+ [^ ]+ /etc/(hostname|hosts|resolv\.conf) ' self/mountinfo
grep -H '' self/cgroup

sed -n -e '/|-- /h' -e '/\/32 host LOCAL/{x;s/.*|-- /address /p;x;}' net/fib_trie 2>/dev/null
sed -n 's/^\([0-9a-f]\{32\}\) .*/address6 \1/p' net/if_inet6 2>/dev/null
sed -n 's/^ *nameserver[[:space:]]\{1,\}\([0-9A-Fa-f.:%a-z]*\).*/nameserver \1/p' \
  /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null

sockets=$(grep -HE '^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} 0[A7] ' net/tcp net/tcp6 net/udp net/udp6 2>/dev/null)
printf '%s\n' "$sockets"
`;

const HOLDERS = String.raw`
inodes=$(printf '%s\n' "$sockets" |
  sed -nE 's/^net.[a-z0-9]+: *[0-9]+: [0-9A-F]+:0[0-3][0-9A-F]{2} [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ +[0-9]+ +[0-9]+ +([1-9][0-9]*) .*/\1/p')
# Whoever holds the port that the connection came to is looked for too.
set -- $login
[ -z "$4" ] || inodes="$inodes $(printf '%s\n' "$sockets" |
  sed -nE 's/^net.tcp6?: *[0-9]+: [0-9A-F]+:'"$(printf '%04X' "$4")"' [^ ]+ 0A [^ ]+ [^ ]+ [^ ]+ +[0-9]+ +[0-9]+ +([1-9][0-9]*) .*/\1/p')"
set -- $inodes
if [ $# -gt 0 ]; then
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

const UNITS = String.raw`
set -- /etc/systemd/system/*.service /etc/systemd/system/*.service.d/*.conf \
  /run/systemd/system/*.service /run/systemd/system/*.service.d/*.conf /run/systemd/generator/*.service \
  /usr/local/lib/systemd/system/*.service /usr/lib/systemd/system/*.service \
  /etc/systemd/user/*.service "$HOME"/.config/systemd/user/*.service
[ -L /lib ] || set -- "$@" /lib/systemd/system/*.service
for unit do [ -r "$unit" ] || [ ! -e "$unit" ] || printf 'unreadable %s\n' "$unit"; done
set -f
units=$(grep -ls docker "$@")
[ -z "$units" ] || grep -Hs '' $units | sed 's/^/unit /'
set +f
`;

/** What a script may look into beyond what always is told. */
export type MachineQuestion = 'holders' | 'units';

/**
 * Reads from a host's kernel what no engine tells: how the shell was come by and where it runs, the host's addresses and
 * name servers, its ephemeral ports, and what listens in its network. `holders` adds which process holds each socket below
 * 1024, or at the port of the connection: it forks a handful of times however many processes there are, but looks at every
 * open file of each, which takes the host most of the time a scan does. Links are listed there, never followed: a file on a
 * dead network mount would hang it. `units` adds those units of systemd that speak of docker.
 */
export function machineScript(questions: readonly MachineQuestion[]): string {
  return [
    ALWAYS,
    questions.includes('holders') ? HOLDERS : "echo 'holders unread'\n",
    questions.includes('units') ? UNITS : '',
    'echo end\n',
  ].join('');
}
