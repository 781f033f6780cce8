import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, test } from '@jest/globals';
import { writeTogether } from '../../../src/transport/ssh/write-together.ts';

test('what is written in one turn leaves as one, and what comes later is not held back by it', async () => {
  const sent: string[] = [];
  const socket = writeTogether(socketTo(sent));

  for (const piece of ['length', ' packet', ' mac']) socket.write(piece);
  await once(socket, 'sent');
  socket.end('goodbye');
  await once(socket, 'finish');

  expect(sent).toEqual(['length packet mac', 'goodbye']);
});

test('a socket that takes no more says so to whoever writes, and when it takes more again', async () => {
  const sent: string[] = [];
  const socket = writeTogether(socketTo(sent));

  const mayGoOn = socket.write('x'.repeat(100_000));
  await once(socket, 'drain');

  expect(mayGoOn).toBe(false);
  expect(sent.map((text) => text.length)).toEqual([100_000]);
});

function socketTo(sent: string[]): Duplex {
  return new Duplex({
    read: () => undefined,
    writev(pieces, written) {
      sent.push(pieces.map(({ chunk }) => String(chunk)).join(''));
      written();
      this.emit('sent');
    },
    write(chunk, _encoding, written) {
      sent.push(String(chunk));
      written();
      this.emit('sent');
    },
  });
}
