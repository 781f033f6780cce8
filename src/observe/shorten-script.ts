/**
 * The part of the host's script that makes trace lines short: `#PID#` and a letter for each kind, then numbers only, or a
 * name of at most 15 characters. `parse-line.ts` reads them.
 */
export const SHORTEN_SCRIPT: string = String.raw`
# A line begins with the name of the process as it is now, padded to 16 columns, then its number, or is one of a stack: a name
# may look like the beginning of that, but not like the whole. What follows the event is
# matched to the end of the line. Of a stack only the system call is kept, and whether it was the
# count of memory (+), or overlayfs at work in its layers (~): what it asks of the file it shows itself, it asks so directly. Most are
# of memory, and those go at once.
shorten() {
  tr -c '\012\040-\176' '?' | sed -n -e '
/^ => [^ ]*\( \[[^ ]*\]\)\{0,1\}$/{
  s/^ => //
  s/^.*vm_enough_memory.*/+/
  s/^__\([a-z0-9]*_\)\{0,1\}sys_\([a-z0-9_]*\).*/=\2/
  G
  /#memory$/d
  /^[+]/{
    s/^.*\n\(#[0-9]*#\).*$/\1memory/
    h
    s/memory$/k +/p
    d
  }
  /^=/{
    s/^=\(.*\)\n\(#[0-9]*#\).*$/\2k \1/p
    d
  }
  /#ovl$/d
  /^ovl_/!{
    s/^\(.*\)\n\(#[0-9]*#\).*$/\2\1/
    h
    d
  }
  s/^.*\n//
  /#generic_permission[.a-z0-9]*$/b own
  /#setattr_prepare[.a-z0-9]*$/b own
  s/[^#]*$/k ~/p
  :own
  s/[^#]*$/ovl/
  h
  d
}
s/^.\{0,16\}-\([0-9]\{1,\}\) *\[[0-9]\{1,\}\] [^ ]* *[0-9]*\.[0-9]*: /#\1#/
t event
d
:event
/^#[0-9]*#<stack trace>$/{
  s/<.*//
  h
  d
}
s/^\(#[0-9]*#\)cap_capable: cred \([0-9a-fx]*\), target_ns \([0-9a-fx]*\), capable_ns [0-9a-fx]*, cap \([0-9]*\), ret \(-\{0,1\}[0-9]*\)$/\1c \4 \5 \2 \3/p
s/^\(#[0-9]*#\)ask: ([^()]*) bset=\([0-9a-fx]*\) eff=\([0-9a-fx]*\) ns=\([0-9a-fx]*\) targ=\([0-9a-fx]*\) cap=\([0-9]*\)$/\1b \6 \3 \2 \4 \5/p
s/^\(#[0-9]*#\)declare: ([^()]*) bset=\([0-9a-fx]*\) prm=\([0-9a-fx]*\)$/\1d \3 \2/p
s/^\(#[0-9]*#\)sched_process_fork: .* child_pid=\([0-9]*\)$/\1f \2/p
s/^\(#[0-9]*#\)tracing_mark_write: enforce-from-here$/\1m/p
s/^\(#[0-9]*#\)sched_process_exit: .*$/\1e/p
s/^\(#[0-9]*#\)task_rename: .* newcomm=\(.*\) oom_score_adj=-\{0,1\}[0-9]*$/\1n \2/p
s/^\(#[0-9]*#\)sys_execve[at]* -> 0x0$/\1x 0/p
s/^\(#[0-9]*#\)sys_execve[at]* -> 0xf*$/\1x -1/p
s/^\(#[0-9]*#\)sys_chroot -> 0xf*$/\1h -1/p
s/^\(#[0-9]*#\)sys_setuid(uid: \([0-9a-fx]*\))$/\1i \2/p
s/^\(#[0-9]*#\)sys_setreuid(ruid: [0-9a-fx]*, euid: \([0-9a-fx]*\))$/\1i \2/p
s/^\(#[0-9]*#\)sys_setresuid(ruid: [0-9a-fx]*, euid: \([0-9a-fx]*\), suid: [0-9a-fx]*)$/\1i \2/p
s/^\(#[0-9]*#\)sys_set[a-z]*uid -> 0x0$/\1u user/p
s/^\(#[0-9]*#\)sys_set[a-z]*gid -> 0x0$/\1u group/p
s/^\(#[0-9]*#\)sys_capset -> 0x0$/\1s 0/p
s/^\(#[0-9]*#\)sys_capset -> 0xf*$/\1s -1/p
' | sed -e '$!N' -e '/^#\([0-9]*\)#[bc] 21 .*\n#\1#k [+]$/d' -e 'P;D'
}
`;
