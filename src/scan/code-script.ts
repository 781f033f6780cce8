/** Processes whose code is looked at, as the host numbers them. */
export type CodeQuestion = readonly number[];

/**
 * Looks for the name of a system call, chroot, in the code that processes run: in their programs and in all they have mapped
 * but the C library, which has every name, and a few that have it in tables only. Each file is come by through the kernel's
 * own list of what is mapped, never by its path, and is read once however many processes share it. Of a program that is
 * linked to nothing and is not Go's nothing is told, as it may have lost its names.
 */
export function codeScript(question: CodeQuestion): string {
  const pids = question.filter((pid) => Number.isSafeInteger(pid) && pid > 0);
  return `${HEAD}set -- ${pids.slice(0, MOST_PROCESSES).join(' ')}\n${BODY}`;
}

/** More processes of a host are not looked into. */
const MOST_PROCESSES = 1024;
/** More files, all different, are not read: a host with so many tells nothing of its code. */
const MOST_FILES = 400;
/** What is not read by then is not told. */
const MOST_SECONDS = 12;

const HEAD = String.raw`
LC_ALL=C
export LC_ALL
cd /proc && grep -H '' sys/kernel/osrelease sys/kernel/hostname || exit 3
`;

const BODY = String.raw`
maps=
programs=
for pid in "$@"; do maps="$maps $pid/maps"; programs="$programs $pid/exe"; done
[ -n "$maps" ] || { echo end; exit 0; }
mapped=$(grep -HE '^[0-9a-f]+-[0-9a-f]+ r-x' $maps /dev/null 2>/dev/null |
  sed -nE 's!^([0-9]+)/maps:0*([0-9a-f]+)-0*([0-9a-f]+) [-rwxps]+ [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) ([1-9][0-9]*) .*/([^/]+)$!\4:\5 \1 \1/map_files/\2-\3 \6!p')
libraries=' (libc|libc-[0-9.]+|ld-[^ /]+|libpthread[^ /]*|libm|libm-[0-9.]+|libdl[^ /]*|librt[^ /]*|libresolv[^ /]*|libsystemd[^ /]*|libaudit[^ /]*|libseccomp[^ /]*|libcap|libcap-ng)\.so[^ /]*$'
printf '%s\n' "$mapped" | grep -E "$libraries" | sed 's/^[^ ]* \([0-9]*\) .*/linked \1/' | sort -u
grep -lF 'Go build' $programs 2>/dev/null | sed 's/^\([0-9]*\).*/linked \1/' | sort -u
code=$(printf '%s\n' "$mapped" | grep -vE "$libraries")
printf '%s\n' "$code" | sed -n 's/^[^ ]* \([0-9][0-9]*\) .*/mapped \1/p' | sort -u
files=$(printf '%s\n' "$code" | sort -u -k 1,1 | sed -n 's/^[^ ]* [^ ]* \([^ ]*\) .*/\1/p')
[ "$(printf '%s\n' "$files" | grep -c '')" -le ${MOST_FILES} ] || { echo 'many'; echo end; exit 0; }
[ -n "$files" ] || { echo end; exit 0; }
# A device is read without end, and what is very large would have to fit into memory.
files=$(ls -lLn $files 2>/dev/null |
  sed -nE 's!^-[^ ]* +[0-9]+ +[0-9]+ +[0-9]+ +([0-9]{1,8}|[12][0-9]{8}) .* ([0-9]+/map_files/[0-9a-f]+-[0-9a-f]+)$!\2!p')
# A name of the linker's stands between two zero bytes, or ends a longer one, as linkers keep what two names share but once;
# so do those of Go's packages. Not every grep can look for that.
if printf 'a\0my_chroot\0' | grep -qzxE '[a-z_]*chroot' 2>/dev/null; then
  whole=-Lzx name='[A-Za-z0-9_./-]*[cC]hroot'
else
  whole=-L name='[cC]hroot'
fi
# Whoever closes the connection does not end what runs here: it ends by itself.
search() {
  ulimit -v 1048576 2>/dev/null
  grep $whole -E -e "$name" $files /dev/null 2>/dev/null </dev/null &
  grep=$!
  (
    for second in ${Array.from({ length: MOST_SECONDS }, (_, second) => second + 1).join(' ')}; do
      sleep 1
      kill -0 $grep || exit
    done
    kill -9 $grep
  ) >/dev/null 2>&1 </dev/null &
  wait $grep
}
quiet=$(search | sed -n 's!^\([0-9]*\)/map_files/!&!p')
keys=$(printf '%s\n' "$quiet" | while read -r file; do
  [ -z "$file" ] || printf '%s\n' "$code" | grep -F " $file " | sed 's/ .*//;s/$/ /'
done | sort -u)
if [ -n "$keys" ]; then loud=$(printf '%s\n' "$code" | grep -vF "$keys"); else loud=$code; fi
printf '%s\n' "$loud" | sed -n 's/^[^ ]* \([0-9][0-9]*\) .*/loud \1/p' | sort -u
echo end
`;
