import { readFile } from 'node:fs/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { join } from 'node:path';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import { EnforceError } from '../model/errors.ts';
import type { Host, TcpAddress } from '../model/inventory.ts';
import { ChannelAgent } from './channel-agent.ts';
import type { Connection } from './connection.ts';
import { isWildcardIp } from './dialable-ip.ts';
import { explainNetwork, explainRequest, failureOf, printable } from './explain.ts';
import { whenOpen } from './when-open.ts';

/** An engine on a TCP port that shows its certificate and asks for ours. There is no way to reach one without. */
export async function openTls(host: Host, address: TcpAddress): Promise<Connection> {
  const secureContext = await readCertificates(address.tlsFolder);
  const agent = new ChannelAgent(
    () =>
      connect({
        host: address.hostName,
        port: address.port,
        // A name is sent and verified; an address may not be sent, and is verified all the same.
        ...(isIP(address.hostName) === 0 ? { servername: address.hostName } : {}),
        secureContext,
        // Said explicitly, as an environment variable would otherwise switch it off.
        rejectUnauthorized: true,
      }),
    8,
  );
  return {
    host,
    agent,
    channels: 8,
    way: 'tls',
    runScript: undefined,
    openScript: undefined,
    openTcp: (ip, port, signal) => openPublished(address.hostName, ip, port, signal),
    explain: (error) => explainTls(error, address),
    close() {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

async function readCertificates(folder: string): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readPem(join(folder, name))),
  );
  try {
    return createSecureContext({ ca, cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    const { code, message } = failureOf(error);
    const because =
      code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
        ? 'key.pem is not the key of cert.pem'
        : `the certificates cannot be used (${message})`;
    throw new EnforceError('bad-connection-settings', `${folder}: ${because}`, {
      hint: 'it must hold ca.pem, cert.pem and an unencrypted key.pem, all PEM',
      cause: error,
    });
  }
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new EnforceError('bad-connection-settings', `${path} cannot be read: ${failureOf(error).code}`, {
      hint: 'the tls folder of a tcp:// host must hold ca.pem, cert.pem and key.pem',
      cause: error,
    });
  }
}

async function openPublished(hostName: string, ip: string, port: number, signal: AbortSignal) {
  if (ip.startsWith('127.') || ip === '::1') {
    throw new EnforceError('unreachable', `port ${port} is published on ${ip}, which only the host itself can reach`, {
      hint: 'reach the host over ssh to have such ports tried',
    });
  }
  const socket = connectTcp({ host: isWildcardIp(ip) ? hostName : ip, port, noDelay: true });
  return whenOpen(socket, signal, `connecting to port ${port}`);
}

function explainTls(error: unknown, address: TcpAddress): EnforceError {
  const where = `${address.hostName} port ${address.port}`;
  const { code, message } = failureOf(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = printable((error as { cert?: { subjectaltname?: string } }).cert?.subjectaltname ?? 'nothing');
    return new EnforceError('host-key', `the certificate of ${where} is for ${names}`, {
      hint: 'write one of these names in the inventory, or have a certificate issued for this one',
      cause: error,
    });
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return new EnforceError('host-key', `the certificate of ${where} is not valid now (${code})`, { cause: error });
  }
  if (code.includes('SELF_SIGNED') || code.startsWith('UNABLE_TO_') || code.startsWith('CERT_')) {
    return new EnforceError('host-key', `the certificate of ${where} is not signed by ca.pem (${code})`, {
      hint: `is ${join(address.tlsFolder, 'ca.pem')} the authority of this host?`,
      cause: error,
    });
  }
  // While something waits to be sent, all of OpenSSL's complaints have the code EPROTO: only the text tells them apart.
  if (/wrong version number|packet length too long/i.test(message)) {
    return new EnforceError('unreachable', `${where} answers without TLS`, {
      hint: 'an open engine port is root for anyone on the network: give the engine --tlsverify',
      cause: error,
    });
  }
  if (/\balert\b/i.test(message)) {
    return new EnforceError('authentication', `${where} refused our certificate`, {
      hint: `is ${join(address.tlsFolder, 'cert.pem')} signed by the authority the engine trusts, and still valid?`,
      cause: error,
    });
  }
  return explainNetwork(error, where) ?? explainRequest(error, `the engine on ${where}`);
}
