/**
 * Runs one ssh master on this machine: `sh -c SCRIPT sh FOLDER SSH OPTION…`, with its control socket in a folder of its
 * own, FOLDER/PID/m, that goes when the master does. The master ends when this script's input is closed, so that it ends
 * with whoever started it however that ended. What a script that was killed itself has left is removed by the next one.
 */
export const MASTER_SCRIPT = `
base=$1; ssh=$2; shift 2
umask 077
export SHELL=/bin/sh SSH_ASKPASS_REQUIRE=never
unset SSH_ASKPASS DISPLAY
for left in "$base"/*/; do
  owner=\${left%/}; owner=\${owner##*/}
  case $owner in ''|*[!0-9]*) continue;; esac
  if kill -0 "$owner" 2>/dev/null; then
    case $(ps -o stat= -p "$owner" 2>/dev/null) in Z*) ;; *) continue;; esac
  fi
  "$ssh" -F none -S "\${left}m" -O exit -- left >/dev/null 2>&1 </dev/null &
  asked=$!
  { sleep 5; kill "$asked"; } >/dev/null 2>&1 </dev/null &
  wait "$asked"
  kill $! 2>/dev/null
  rm -rf "$left"
done
own=$base/$$
rm -rf "$own"
mkdir "$own" || exit 254
exec 3<&0 </dev/null
"$ssh" -S "$own/m" "$@" 3<&- &
master=$!
{ cat <&3; kill "$master"; } >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$master"
code=$?
kill "$watcher" 2>/dev/null
rm -rf "$own"
exit "$code"
`;
