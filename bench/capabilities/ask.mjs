import { createSocket } from 'node:dgram';
import { request } from 'node:http';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

const PATIENCE_MS = 4000;

/** What a service answers at a port when it is asked for a page. */
export function page(host, port, { path = '/', method = 'GET', headers = {}, body, secure = false } = {}) {
  return new Promise((resolve, reject) => {
    const createConnection = secure ? () => connectSecurely({ host, port, rejectUnauthorized: false }) : undefined;
    const options = { host, port, path, method, headers, agent: false, timeout: PATIENCE_MS, createConnection };
    const asked = request(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode, text, headers: answer.headers }));
      answer.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`no page of :${port}${path} in time`)));
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Holds a conversation over TCP: a text or bytes is said, a RegExp is waited for in what came since the last one. */
export function talk(host, port, steps, { secure = false } = {}) {
  return new Promise((resolve, reject) => {
    const socket = secure ? connectSecurely({ host, port, rejectUnauthorized: false }) : connect({ host, port });
    const left = [...steps];
    let fresh = '';
    let heard = '';
    const goOn = () => {
      while (left.length > 0) {
        const [step] = left;
        if (step instanceof RegExp) {
          const found = step.exec(fresh);
          if (found === null) return;
          fresh = fresh.slice(found.index + found[0].length);
        } else socket.write(step);
        left.shift();
      }
      socket.destroy();
      resolve(heard);
    };
    const fail = (why) => {
      socket.destroy();
      reject(new Error(`:${port} ${why} before ${String(left[0])}; it said ${JSON.stringify(heard.slice(-200))}`));
    };
    socket.setTimeout(PATIENCE_MS, () => fail('was silent'));
    socket.on(secure ? 'secureConnect' : 'connect', goOn);
    socket.on('data', (part) => {
      fresh += part.toString('latin1');
      heard += part.toString('latin1');
      goOn();
    });
    socket.on('error', (error) => fail(error.message));
    socket.on('end', () => fail('hung up'));
  });
}

/** Sends one datagram and gives the first answer. */
export function datagram(host, port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => end(() => reject(new Error(`udp :${port} did not answer`))), PATIENCE_MS / 5);
    const end = (then) => {
      clearTimeout(timer);
      socket.close();
      then();
    };
    socket.on('message', (answer) => end(() => resolve(answer)));
    socket.on('error', (error) => end(() => reject(error)));
    socket.send(bytes, port, host);
  });
}

/** The first IPv4 address that a name server gives for a name. */
export async function lookUp(host, port, name) {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const question = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  const answer = await datagram(host, port, question);
  const code = answer[3] & 15;
  if (code !== 0 || answer.readUInt16BE(6) === 0) throw new Error(`${name} was not answered: code ${code}`);
  const at = answer.indexOf(Buffer.from([0, 1, 0, 1]), question.length);
  return [...answer.subarray(at + 10, at + 14)].join('.');
}
