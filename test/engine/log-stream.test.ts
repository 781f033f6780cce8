import { describe, expect, test } from '@jest/globals';
import { readLog } from '../../src/engine/log-stream.ts';

describe('the log of a container', () => {
  test('without a terminal comes in frames of both streams, in their order', () => {
    const body = Buffer.concat([frame(1, 'listening on 80\n'), frame(2, 'chown: not permitted\n'), frame(1, 'bye\n')]);

    expect(readLog(body)).toBe('listening on 80\nchown: not permitted\nbye\n');
  });

  test('with a terminal comes as it was written', () => {
    expect(readLog(Buffer.from('\u001b[31mlistening\u001b[0m on 80\r\n'))).toBe(
      '\u001b[31mlistening\u001b[0m on 80\r\n',
    );
  });

  test('puts a character together that two frames share', () => {
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];

    expect(readLog(Buffer.concat([frame(1, first), frame(1, second)]))).toBe('é');
  });

  test.each<readonly [string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), ''],
    ['an empty frame', frame(1, ''), ''],
    ['a line shorter than a frame', Buffer.from('hi\n'), 'hi\n'],
    ['a frame that is cut off', frame(1, 'listening on 80\n').subarray(0, 17), 'listening'],
    ['half a head after a frame', Buffer.concat([frame(1, 'a'), Buffer.from([1, 0, 0])]), 'a'],
    ['a frame that claims four gigabytes', Buffer.from([1, 0, 0, 0, 255, 255, 255, 255, 104, 105]), 'hi'],
  ])('may be %s', (_what, body, text) => {
    expect(readLog(body)).toBe(text);
  });
});

function frame(stream: number, text: string | Buffer): Buffer {
  const payload = Buffer.from(text as string);
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 4);
  return Buffer.concat([head, payload]);
}
