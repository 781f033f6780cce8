/**
 * The text of a container's log. Without a terminal the engine frames each piece with eight bytes: stream, three zeros,
 * length; with one it sends plain text.
 */
export function readLog(body: Buffer): string {
  if (!isFramed(body)) return body.toString('utf8');
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= body.length; ) {
    const length = body.readUInt32BE(at + 4);
    pieces.push(body.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString('utf8');
}

function isFramed(body: Buffer): boolean {
  const [stream = 255, a, b, c] = body;
  return body.length >= 8 && stream <= 2 && a === 0 && b === 0 && c === 0;
}
