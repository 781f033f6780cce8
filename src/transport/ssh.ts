import { EnforceError } from '../model/errors.ts';
import type { Host, SshAddress } from '../model/inventory.ts';
import { awaitEngine } from './await-engine.ts';
import { ChannelAgent } from './channel-agent.ts';
import { collectOutput } from './collect-output.ts';
import type { Connection, RunningScript, ScriptLimits, ScriptOutput } from './connection.ts';
import { type ConnectionSettings, deadlineOf } from './connection-settings.ts';
import { dialableIp } from './dialable-ip.ts';
import { explainRequest, failureOf, stopped } from './explain.ts';
import { followScript } from './follow-script.ts';
import { ChannelSocket, type ChannelSource } from './ssh/channel-socket.ts';
import { openRefusal } from './ssh/explain-ssh.ts';
import { withMoreLogins } from './ssh/more-logins.ts';
import { openSshClient } from './ssh/ssh-client.ts';
import type { SshLink } from './ssh/ssh-link.ts';
import { waysToEngine, type Way } from './ssh/ways.ts';
import { whenOpen } from './when-open.ts';

/** An engine behind sshd: one connection, whose channels carry every request, script and look at a port. */
export async function openSsh(
  host: Host,
  address: SshAddress,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<Connection> {
  const ssh = await openLink(address, settings, signal);
  try {
    return await firstWay(host, address, ssh, signal);
  } catch (error) {
    await ssh.close();
    throw signal.aborted ? stopped(signal, `waiting for the engine of ${ssh.where}`) : error;
  }
}

/** An opened channel and an answer that were waited for so long, with nothing else to do: the way is long, not this machine busy. */
const FAR_MILLISECONDS = 80;
/** On a long way what counts is how many requests are under way together; forwarded sockets sshd does not count. */
const CHANNELS_WHEN_FAR = 48;

async function openLink(address: SshAddress, settings: ConnectionSettings, signal: AbortSignal): Promise<SshLink> {
  if (address.transport === undefined) {
    const first = await openSshClient(address, settings, signal);
    return withMoreLogins(first, () => openSshClient(address, settings, deadlineOf(settings)));
  }
  const { openOpenSsh } = await import('./ssh/openssh-client.ts');
  return openOpenSsh(address, settings, signal);
}

async function firstWay(host: Host, address: SshAddress, ssh: SshLink, signal: AbortSignal): Promise<Connection> {
  const ways = waysToEngine(address, ssh.user);
  for (const [index, way] of ways.entries()) {
    const source = channelSource(ssh, way);
    const agent = new ChannelAgent(() => new ChannelSocket(source), way.channels);
    try {
      const begun = performance.eventLoopUtilization();
      const greeting = await awaitEngine(agent, signal);
      const { idle } = performance.eventLoopUtilization(begun);
      const isFar = !way.hasProcess && idle > FAR_MILLISECONDS;
      const channels = isFar ? CHANNELS_WHEN_FAR : way.channels;
      if (isFar) agent.openAhead(channels);
      return { ...connectionOver(host, address, ssh, { ...way, channels }, agent), greeting };
    } catch (error) {
      agent.destroy();
      // sshd does not tell whether forwarding is off, the socket absent or not ours; the next way's command does.
      const isRefused = openRefusal(error) !== undefined && ssh.lost() === undefined;
      if (!isRefused || index === ways.length - 1) throw explain(error, ssh, way);
    }
  }
  throw new EnforceError('engine', `there is no way to the engine of ${ssh.where}`);
}

function channelSource(ssh: SshLink, way: Way): ChannelSource {
  return {
    hasProcess: way.hasProcess,
    open: (opened) => way.open(ssh, opened),
    failure: (ending) => ssh.lost() ?? ssh.refusal(ending) ?? way.failure(ending),
  };
}

function connectionOver(host: Host, address: SshAddress, ssh: SshLink, way: Way, agent: ChannelAgent): Connection {
  return {
    host,
    agent,
    channels: way.channels,
    way: `${ssh.name}, ${way.text}`,
    runScript: (script, limits) => runScript(ssh, address.become, script, limits),
    openScript: (script) => openScript(ssh, address.become, script),
    openTcp: (ip, port, signal) => openTcp(ssh, ip, port, signal),
    explain: (error) => explain(error, ssh, way),
    close() {
      agent.destroy();
      return ssh.close();
    },
  };
}

async function runScript(ssh: SshLink, become: boolean, script: string, limits: ScriptLimits): Promise<ScriptOutput> {
  try {
    return await new Promise((resolve, reject) => {
      ssh.exec(shellOf(become), (error, channel) => {
        if (error) reject(error);
        else
          collectOutput(channel, script, limits, () => channel.close()).then((output) => {
            const refusal = ssh.refusal(output);
            if (refusal === undefined) resolve(output);
            else reject(refusal);
          }, reject);
      });
    });
  } catch (error) {
    throw ssh.lost() ?? explainScript(error, ssh.where);
  }
}

function openScript(ssh: SshLink, become: boolean, script: string): Promise<RunningScript> {
  return new Promise((resolve, reject) => {
    ssh.exec(shellOf(become), (error, channel) => {
      if (error) reject(ssh.lost() ?? explainScript(error, ssh.where));
      else resolve(followScript(channel, script));
    });
  });
}

function shellOf(become: boolean): string {
  return become ? 'sudo -n sh -s' : 'sh -s';
}

async function openTcp(ssh: SshLink, ip: string, port: number, signal: AbortSignal): Promise<ChannelSocket> {
  const socket = new ChannelSocket({
    hasProcess: false,
    open: (opened) => ssh.openTcp(dialableIp(ip), port, opened),
    failure: () => ssh.lost(),
  });
  try {
    return await whenOpen(socket, signal, `connecting to port ${port} on ${ssh.where}`);
  } catch (error) {
    if (openRefusal(error) === 1) {
      throw new EnforceError('permission', `sshd on ${ssh.where} does not let ports be tried`, {
        hint: 'AllowTcpForwarding local (or yes) in its sshd_config; a key in authorized_keys may forbid it too',
        cause: error,
      });
    }
    throw ssh.lost() ?? error;
  }
}

function explainScript(error: unknown, where: string): EnforceError {
  if (openRefusal(error) === undefined) return explainRequest(error, `the shell of ${where}`);
  return new EnforceError('permission', `sshd on ${where} does not let a command run`, {
    hint: 'MaxSessions in its sshd_config must be 5 or more',
    cause: error,
  });
}

function explain(error: unknown, ssh: SshLink, way: Way): EnforceError {
  if (error instanceof EnforceError) return error;
  const lost = ssh.lost();
  if (lost !== undefined) return lost;
  if (openRefusal(error) !== undefined) {
    return way.hasProcess
      ? new EnforceError('unreachable', `sshd on ${ssh.where} does not let a command run`, {
          hint: 'MaxSessions in its sshd_config must be 5 or more; AllowStreamLocalForwarding yes needs none',
          cause: error,
        })
      : new EnforceError('engine', `sshd on ${ssh.where} can no longer open the engine's socket`, {
          hint: 'did the engine stop?',
          cause: error,
        });
  }
  if (way.hasProcess && failureOf(error).code.startsWith('HPE_')) {
    return new EnforceError('engine', `something on ${ssh.where} writes between the engine and enforce`, {
      hint: "the user's start-up files (.bashrc) must print nothing where there is no terminal",
      cause: error,
    });
  }
  return explainRequest(error, `the engine of ${ssh.where}`);
}
