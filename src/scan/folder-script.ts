/** Folders of one container that are looked at on the host. */
export interface FolderQuestion {
  readonly id: string;
  /** Of a process that is known to be one of the container's. */
  readonly pid: number;
  readonly folders: readonly AskedFolder[];
}

/**
 * A folder as the container calls it; in one of programs those are looked for that take power from their file, in one of
 * its layer the entries that are named.
 */
export type AskedFolder =
  | { readonly path: string; readonly holds: 'programs' | 'data' }
  | { readonly path: string; readonly holds: 'layer'; readonly names: readonly string[] };

/**
 * Looks at folders of running containers through the host's own shell, those of many containers at once: who owns them and
 * what is in them, but into no file. They are come by through the root of a process, where a link of the container's could
 * lead into the host: what was come to counts only if it is on a mount of the container's own. Nothing of a container
 * is run. File capabilities are asked of getcap or getfattr where the host has one; they only say which programs have some.
 */
export function folderScript(questions: readonly FolderQuestion[]): string {
  let number = 0;
  const lines = questions.flatMap(({ id, pid, folders }) => {
    const numbers = folders.map(() => number++);
    if (!/^[0-9a-f]{64}$/.test(id) || !Number.isSafeInteger(pid)) return [];
    const looks = folders.flatMap((folder, at) => {
      const names = folder.holds === 'layer' ? folder.names.filter(isOneLine) : [];
      const words = [folder.path, ...names.map((name) => `./${name}`)].map(quoted);
      return isTellable(folder.path) ? [`look ${numbers[at] ?? 0} ${folder.holds} ${words.join(' ')}\n`] : [];
    });
    return [`pid=${pid}; id=${id}; seen=\n`, ...looks];
  });
  return [HEAD, ...lines, 'echo end\n'].join('');
}

/** More than this in one folder is not listed. */
const MOST_ENTRIES = 1000;
/** More folders in a folder are not looked at. */
const MOST_SUBFOLDERS = 32;
const MOST_PROGRAMS = 4096;

/** A bad character of the engine's answer was replaced, so the name is another one; the rest no shell can be told. */
function isTellable(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0') && !path.includes('\ufffd');
}

/** Not every `ls` hides that a name has two lines. */
function isOneLine(name: string): boolean {
  return isTellable(`/${name}`) && !/\p{Cc}/u.test(name);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const HEAD = String.raw`
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
cd /proc && grep -H '' sys/kernel/osrelease sys/kernel/hostname || exit 3
quote=
ls -lnq self >/dev/null 2>&1 && quote=q
tool=
if command -v getcap >/dev/null 2>&1; then tool=getcap
elif command -v getfattr >/dev/null 2>&1; then tool=getfattr
fi
printf 'tool %s\n' "$tool"
line_end='
'

# Without another program, as are all looks that can do without: a host may have hundreds of such folders.
belongs() {
  while read -r line; do
    case $line in *[/-]"$id" | *[/-]"$id"/* | *[/-]"$id".scope | *[/-]"$id".scope/*) return 0 ;; esac
  done <"/proc/$pid/cgroup"
  return 1
}

look() {
  belongs 2>/dev/null ||
    grep -q "/containers/$id/hostname " "/proc/$pid/mountinfo" 2>/dev/null || { printf 'gone %s\n' "$1"; return; }
  [ -d "/proc/$pid/root/." ] || { printf 'hidden %s\n' "$1"; return; }
  if ! cd -P "/proc/$pid/root$3" 2>/dev/null; then
    if [ -e "/proc/$pid/root$3" ]; then printf 'file %s\n' "$1"; else printf 'missing %s\n' "$1"; fi
    return
  fi
  # A redirection that fails ends the shell.
  [ -r . ] || { cd /proc; printf 'hidden %s\n' "$1"; return; }
  exec 9<.
  mount=
  while read -r key value; do [ "$key" != mnt_id: ] || mount=$value; done </proc/self/fdinfo/9
  exec 9<&-
  grep -q "^$mount " "/proc/$pid/mountinfo" || { cd /proc; printf 'outside %s\n' "$1"; return; }
  number=$1
  case $2 in
    data) data "$1" ;;
    programs) programs "$1" ;;
    layer) shift 3; ls -ldn$quote . "$@" 2>/dev/null | sed "s/^/made $number /" ;;
  esac
  cd /proc
}

data() {
  number=$1
  entries=$(ls -a . 2>/dev/null | sed ${MOST_ENTRIES + 3}q | grep -c '')
  ls -ldn . | sed "s/^/folder $number $entries /"
  [ "$entries" -le ${MOST_ENTRIES + 2} ] || return
  left=${MOST_SUBFOLDERS}
  for below in */ .[!.]*/; do
    below=./${'$'}{below%/}
    [ -d "$below" ] && [ ! -h "$below" ] || continue
    [ "$left" -gt 0 ] || { printf 'more %s\n' "$number"; return; }
    left=$((left - 1))
    entries=$(ls -a "$below" 2>/dev/null | sed 3q | grep -c '')
    ls -ldn$quote "$below" | sed "s/^/below $number $entries /"
  done
}

programs() {
  number=$1
  inode=$(ls -di .)
  case " $seen " in *" $mount:${'$'}{inode% .} "*) printf 'searched %s\n' "$number"; return ;; esac
  seen="$seen $mount:${'$'}{inode% .}"
  set -- ./*
  [ -e "$1" ] || [ -h "$1" ] || { printf 'searched %s\n' "$number"; return; }
  # A name of two lines would pose as another's.
  case $* in *"$line_end"*) printf 'odd %s\n' "$number"; return ;; esac
  [ $# -le ${MOST_PROGRAMS} ] || { printf 'odd %s\n' "$number"; return; }
  ls -ln$quote . | sed -nE "s/^-..[sS][^ ]* +[0-9]+ +([0-9]+) +[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+ +[^ ]+ (.*)/setuid $number \1 \2/p"
  case $tool in
    getcap) getcap "$@" 2>/dev/null | sed -nE "s!^\./([^ ]+) .*!power $number \1!p" ;;
    getfattr) getfattr -h -n security.capability "$@" 2>/dev/null | sed -n "s!^# file: !power $number !p" ;;
  esac
  printf 'searched %s\n' "$number"
}
`;
