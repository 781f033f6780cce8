/** One container that is looked into by its processes. */
export interface RuntimeQuestion {
  readonly id: string;
  /** Of its first process, as the engine tells it. */
  readonly pid: number;
  /** It listens in a network that is not its own: only what its own processes hold counts there. */
  readonly sharesNetwork: boolean;
}

/**
 * Reads what runs in containers from a host's kernel, all of them at once: their processes with ids and capabilities, the
 * sockets that listen, the first port that is free to all, the ids their user namespace stands for, and what is mounted.
 * Which process is whose is told by cgroup, at any depth and of either version; where the cgroup does not tell, as under
 * some rootless engines, the first process is known by the files the engine mounts into it, and the others by their pid
 * namespace. Nothing but /proc is read: no file of a container, and no link in one is followed. As in the machine script,
 * every line begins with what it is, control characters in names are replaced, and it forks a handful of times, and twice
 * more for each container.
 */
export function runtimeScript(questions: readonly RuntimeQuestion[]): string {
  const safe = questions.filter(isSafe);
  return [
    HEAD,
    `wanted='${safe.map(({ id }) => id).join('|')}'\n`,
    `shared=' ${safe.flatMap(({ id, sharesNetwork }) => (sharesNetwork ? [id] : [])).join(' ')} '\n`,
    MEMBERS,
    ...safe.map(({ pid, id }) => `claim ${pid} ${id}\n`),
    PROCESSES,
    ...(safe.length === 0 ? [] : [`about ${safe.map(({ pid }) => pid).join(' ')}\n`]),
    'echo end\n',
  ].join('');
}

/** Of an engine's answer nothing but numbers reaches a shell. */
function isSafe({ id, pid }: RuntimeQuestion): boolean {
  return /^[0-9a-f]{64}$/.test(id) && Number.isSafeInteger(pid) && pid > 0;
}

/** More processes of one container are not looked at. */
export const MOST_PROCESSES = 512;
/** More sockets, and more mounts, of one container are not believed to be all. */
export const MOST_ROWS = 2048;

const HEAD = String.raw`
LC_ALL=C
export LC_ALL
cd /proc && [ -r self/cgroup ] || { echo 'it has no /proc' >&2; exit 3; }
grep -H '' sys/kernel/osrelease sys/kernel/hostname
grep -H '^Uid:' self/status
quote=
ls -lnq self >/dev/null 2>&1 && quote=q
own=$(ls -ln self/ns/pid 2>/dev/null | sed -n 's/.*pid:\[\([0-9]*\)\]$/\1/p')
`;

// The leftmost id counts: inside its own cgroup a container may name those below after others.
const MEMBERS = String.raw`
members=$(grep -HE "/([a-z-]+-)?($wanted)(\.scope)?(/|\$)" [0-9]*/cgroup 2>/dev/null |
  sed -nE "s!/([a-z-]+-)?($wanted)(\.scope)?(/.*)?\$! \2!;s!^([0-9]+)/cgroup:.* ([0-9a-f]{64})\$!\2:\1!p" | sort -u)

claim() {
  case "
$members
" in
    *"
$2:$1
"*) return ;;
  esac
  grep -q "/containers/$2/hostname " "$1/mountinfo" 2>/dev/null || return
  space=$(ls -ln "$1/ns/pid" 2>/dev/null | sed -n 's/.*pid:\[\([0-9]*\)\]$/\1/p')
  [ -n "$space" ] && [ "$space" != "$own" ] || return
  members="$members
$(ls -ln [0-9]*/ns/pid 2>/dev/null | sed -nE "s!^l[^>]* ([0-9]+)/ns/pid -> pid:\[$space\]\$!$2:\1!p")"
}
`;

const PROCESSES = String.raw`
status=
began=
programs=
spaces=
files=self/fd
last=
for member in $members; do
  id=${'$'}{member%%:*}
  pid=${'$'}{member#*:}
  [ "$id" = "$last" ] || { last=$id; count=0; }
  count=$((count + 1))
  [ "$count" -le ${MOST_PROCESSES} ] || { [ "$count" -gt ${MOST_PROCESSES + 1} ] || printf 'crowded %s\n' "$id"; continue; }
  printf 'member %s %s\n' "$pid" "$id"
  status="$status $pid/status"
  began="$began $pid/stat"
  programs="$programs $pid/exe"
  spaces="$spaces $pid/ns/user"
  case $shared in *" $id "*) files="$files $pid/fd" ;; esac
done
[ -z "$status" ] ||
  grep -HE '^(Name|State|PPid|Uid|Gid|Groups|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs):' $status 2>/dev/null
[ -z "$began" ] || grep -H '' $began 2>/dev/null
[ -z "$programs" ] || ls -ln$quote $programs 2>/dev/null | sed -nE 's!^l[^>]* ([0-9]+)/exe -> (.*)$!exe \1 \2!p'
[ -z "$spaces" ] || ls -ln $spaces 2>/dev/null | sed -nE 's!^l[^>]* ([0-9]+)/ns/user -> user:\[([0-9]+)\]$!userns \1 \2!p'
[ "$files" = self/fd ] || ls -ln$quote $files 2>/dev/null |
  sed -nE -e 's!^([0-9]+)/fd:$!open \1!p' -e 's!^l[^>]* -> socket:\[([0-9]+)\]$!socket \1!p'

# count PID: how many TCP sockets there are in its network; nothing where that is not told.
count() {
  tcp=
  tcp6=
  while read -r name word number rest; do
    case "$name $word" in 'TCP: inuse') tcp=$number ;; esac
  done <"$1/net/sockstat"
  while read -r name word number rest; do
    case "$name $word" in 'TCP6: inuse') tcp6=$number ;; esac
  done <"$1/net/sockstat6"
}

# tables PID: where its TCP sockets are listed. To read one, the kernel goes through all connections of its whole host, which
# takes milliseconds: of two, a service has its sockets in one. Where neither seems to have any, some are counted elsewhere.
tables() {
  count "$1"
  [ "$tcp" = 0 ] && [ "$tcp6" != 0 ] || sockets="$sockets $1/net/tcp"
  [ "$tcp6" = 0 ] && [ "$tcp" != 0 ] || sockets="$sockets $1/net/tcp6"
}

about() {
  sockets=
  maps=
  mounts=
  for pid do
    tables "$pid" 2>/dev/null
    sockets="$sockets $pid/net/udp $pid/net/udp6"
    maps="$maps $pid/uid_map $pid/gid_map"
    mounts="$mounts $pid/mountinfo"
  done
  grep -m ${MOST_ROWS} -HE '^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} 0[A7] ' $sockets 2>/dev/null
  grep -m 64 -H '' $maps 2>/dev/null
  grep -m ${MOST_ROWS} -H '' $mounts 2>/dev/null |
    sed -nE 's!^([0-9]+)/mountinfo:[0-9]+ [0-9]+ [^ ]+ [^ ]+ ([^ ]+) .* - ([^ ]+) .*!mount \1 \3 \2!p'
  for pid do
    [ ! -r "$pid/net/tcp" ] || printf 'sockets %s\n' "$pid"
    start=$(nsenter -t "$pid" -n cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null ||
      busybox nsenter -t "$pid" -n cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null)
    case $start in '' | *[!0-9]*) ;; *) printf 'first-free-port %s %s\n' "$pid" "$start" ;; esac
  done
}
`;
