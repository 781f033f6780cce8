import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { EnforceError } from '../model/errors.ts';
import type { Host, UnixAddress } from '../model/inventory.ts';
import { ChannelAgent } from './channel-agent.ts';
import { collectOutput } from './collect-output.ts';
import type { Connection, ScriptLimits, ScriptOutput } from './connection.ts';
import { explainRequest, failureOf } from './explain.ts';
import { dialableIp } from './dialable-ip.ts';
import { followScript } from './follow-script.ts';
import { whenOpen } from './when-open.ts';

/** The engine of this very machine, on its socket. */
export function openUnix(host: Host, address: UnixAddress): Connection {
  const agent = new ChannelAgent(() => connect(address.path), 8);
  return {
    host,
    agent,
    channels: 8,
    way: 'local socket',
    runScript,
    openScript: (script) => Promise.resolve(followScript(startShell(), script)),
    openTcp(ip, port, signal) {
      const socket = connect({ host: dialableIp(ip), port, noDelay: true });
      return whenOpen(socket, signal, `connecting to port ${port}`);
    },
    explain: (error) => explainSocket(error, address.path) ?? explainRequest(error, `the engine on ${address.path}`),
    close() {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

function runScript(script: string, limits: ScriptLimits): Promise<ScriptOutput> {
  const shell = startShell();
  return collectOutput(shell, script, limits, () => {
    if (shell.pid !== undefined) spawnSync('sh', ['-c', 'kill -KILL "-$1"', 'sh', String(shell.pid)]);
  });
}

/** In a process group of its own: what it started can be ended with it, and Ctrl-C at the terminal does not reach it. */
function startShell(): ChildProcessWithoutNullStreams {
  return spawn('sh', ['-s'], { stdio: 'pipe', detached: true });
}

function explainSocket(error: unknown, path: string): EnforceError | undefined {
  const { code } = failureOf(error);
  switch (code) {
    case 'ENOENT':
      return new EnforceError('engine', `there is no socket at ${path}`, {
        hint: 'start the engine (systemctl start docker), or say where it listens: docker: unix:///PATH',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new EnforceError('permission', `you may not open ${path}`, {
        hint: 'join its group (sudo usermod -aG docker $USER, then log in again), or run enforce with sudo',
        cause: error,
      });
    case 'ECONNREFUSED':
      return new EnforceError('engine', `nothing listens on ${path}: the engine that made it is not running`, {
        hint: 'start the engine: systemctl start docker',
        cause: error,
      });
    case 'ENOTSOCK':
    case 'EINVAL':
      return new EnforceError('bad-connection-settings', `${path} cannot be a socket`, {
        hint: 'the path of a socket is absolute and shorter than 108 bytes',
        cause: error,
      });
    default:
      return undefined;
  }
}
