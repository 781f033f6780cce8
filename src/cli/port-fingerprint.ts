import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { HostTools } from '../apply/tools.ts';
import type { HostSession } from './host-session.ts';

const CONNECT_MILLISECONDS = 3000;
/** Who speaks first does so at once. */
const GREETING_MILLISECONDS = 500;
const ANSWER_MILLISECONDS = 2000;
const MOST_BYTES = 2048;
/** Without a Host header: Redis takes that for an attack, and says so in its log. */
const QUESTION = 'HEAD / HTTP/1.0\r\n\r\n';
/** Container ports of services that keep, or print, each line they are sent: nothing is said to these. */
const KEEP_EVERYTHING = ['514', '601', '1514', '2003', '5140', '5170', '6514', '8125', '9100', '10514', '12201'];

/**
 * What a published port says, as seen from the host: its greeting; where it waits to be spoken to, what it makes of one
 * `HEAD /`; where that is nothing, whether it speaks TLS. Numbers are left out, as they differ from time to time.
 */
export function portFingerprint(session: Pick<HostSession, 'connection'>): HostTools['fingerprint'] {
  return async ({ containerPort, ip, port }) => {
    const open = async (): Promise<Duplex> => {
      const connection = await session.connection();
      return await connection.openTcp(ip, port, AbortSignal.timeout(CONNECT_MILLISECONDS));
    };
    try {
      const isAsked = !KEEP_EVERYTHING.includes(containerPort.split('/')[0] ?? '');
      const { greeting, answer } = await hear(await open(), isAsked);
      if (greeting.length > 0) return `with ${words(greeting)}`;
      if (!isAsked || answer === undefined) return undefined;
      const http = httpText(answer);
      // A server that is spoken to in the wrong way says so, hangs up, or sends a TLS alert.
      const mayBeTls = answer.length === 0 || answer[0] === TLS_ALERT || http?.startsWith('HTTP 400') === true;
      if (mayBeTls && (await shakesHands(await open()))) return 'TLS';
      return http ?? (answer.length === 0 ? 'HEAD by hanging up' : `HEAD with ${words(answer)}`);
    } catch {
      return undefined;
    }
  };
}

/** Connects to a port as the host would, until it greets or half a second is over; whether it answers is told elsewhere. */
export function portKnock(session: Pick<HostSession, 'connection'>): HostTools['knock'] {
  return async ({ ip, port }) => {
    try {
      const connection = await session.connection();
      await hear(await connection.openTcp(ip, port, AbortSignal.timeout(CONNECT_MILLISECONDS)), false);
    } catch {
      return;
    }
  };
}

const TLS_ALERT = 0x15;

interface Heard {
  readonly greeting: Buffer;
  /** Undefined where neither an answer nor an end came. */
  readonly answer: Buffer | undefined;
}

async function hear(socket: Duplex, isAsked: boolean): Promise<Heard> {
  socket.on('error', () => undefined);
  try {
    const greeting = await nextBytes(socket, GREETING_MILLISECONDS);
    if (!isAsked || greeting === 'end' || (greeting !== 'nothing' && greeting.length > 0))
      return { greeting: Buffer.isBuffer(greeting) ? greeting : NO_BYTES, answer: undefined };
    socket.write(QUESTION);
    const answer = await nextBytes(socket, ANSWER_MILLISECONDS);
    return { greeting: NO_BYTES, answer: answer === 'nothing' ? undefined : answer === 'end' ? NO_BYTES : answer };
  } finally {
    socket.destroy();
  }
}

const NO_BYTES = Buffer.alloc(0);

/** The next piece that comes, or that none came, or that the other end hung up. */
function nextBytes(socket: Duplex, milliseconds: number): Promise<Buffer | 'nothing' | 'end'> {
  return new Promise((resolve) => {
    const done = (heard: Buffer | 'nothing' | 'end'): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      for (const event of ['end', 'close', 'error']) socket.off(event, onEnd);
      resolve(heard);
    };
    const onData = (piece: Buffer): void => done(piece.subarray(0, MOST_BYTES));
    const onEnd = (): void => done('end');
    const timer = setTimeout(() => done('nothing'), milliseconds);
    socket.on('data', onData);
    for (const event of ['end', 'close', 'error']) socket.on(event, onEnd);
  });
}

/** Who the server is plays no part: it is known by its address, and only asked whether it can do this. */
function shakesHands(socket: Duplex): Promise<boolean> {
  return new Promise((resolve) => {
    const tls = connectTls({ socket, rejectUnauthorized: false });
    const done = (works: boolean): void => {
      clearTimeout(timer);
      tls.destroy();
      socket.destroy();
      resolve(works);
    };
    const timer = setTimeout(() => done(false), ANSWER_MILLISECONDS);
    socket.on('error', () => done(false));
    tls.once('secureConnect', () => done(true));
    for (const event of ['error', 'close']) tls.on(event, () => done(false));
  });
}

function httpText(answer: Buffer): string | undefined {
  const text = answer.toString('latin1');
  const status = /^HTTP\/\d(?:\.\d)? (?<status>\d{3})/.exec(text)?.groups?.['status'];
  if (status === undefined) return undefined;
  const server = /\r?\nserver:[ \t]*(?<server>[^\r\n]{1,80})/i.exec(text)?.groups?.['server'];
  return server === undefined ? `HTTP ${status}` : `HTTP ${status} (${server.trim()})`;
}

/**
 * The first words in it that can be read: what follows in a binary protocol is salt. Ids that are made at each start are
 * as little as numbers; the first word says what it is, and with it a code of three digits.
 */
function words(bytes: Buffer): string {
  const run = /[\x20-\x7e]{3,}/.exec(bytes.toString('latin1'))?.[0];
  if (run === undefined) return 'bytes';
  const [, code = '', rest = ''] = /^(\d{3}(?=[ -]))?(.*)$/.exec(run) ?? [];
  return `${code}${rest.replace(ID, '#').replace(/\d+/g, '#')}`.slice(0, 80);
}

/** Hexadecimal, or letters and digits mixed, longer than a word is. */
const ID = /[0-9a-f]{12,64}|(?<![A-Za-z0-9])(?=[A-Za-z]*\d)[A-Za-z0-9]{20,}/g;
