import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/** Names by number (include/uapi/linux/capability.h). */
const NAMES = [
  ['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER'],
  ['SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE'],
  ['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
  ['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
  ['CHECKPOINT_RESTORE'],
].flat();
const PROGRAM = `tracepoint:capability:cap_capable {
  @[((struct task_struct *)curtask)->nsproxy->mnt_ns->ns.inum, args->cap, args->ret] = count();
}`;

/**
 * What tracers that know a container by its mount namespace would have kept of the same events, asked of bpftrace at the
 * same tracepoint: every check (bcc's capable, the recorder of Kubernetes' Security Profiles Operator), and those alone
 * that were granted (Inspektor Gadget's trace_capabilities). Nothing where there is no bpftrace, or the kernel has no such
 * tracepoint.
 */
export async function watchAsPeers() {
  const child = spawn('bpftrace', ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  let attached = () => undefined;
  const ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  const ready = new Promise((resolve) => (attached = resolve));
  child.stdout?.on('data', (data) => {
    output += data;
    if (output.includes('Attaching')) attached();
  });
  await Promise.race([ready, ended]);
  return {
    async end(pid, held) {
      const namespace = /\d+/.exec(readlinkSync(`/proc/${pid}/ns/mnt`))[0];
      child.kill('SIGINT');
      await ended;
      const checks = [...output.matchAll(/^@\[(\d+), (\d+), (-?\d+)\]/gm)].filter(([, inode]) => inode === namespace);
      if (checks.length === 0) return {};
      const kept = (some) => held.filter((name) => some.some(([, , number]) => NAMES[number] === name));
      return {
        'every check (bcc, SPO)': kept(checks),
        'every granted check (IG)': kept(checks.filter(([, , , result]) => result === '0')),
      };
    },
  };
}
