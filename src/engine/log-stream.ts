/**
 * The text of a container's log. Without a terminal the engine frames each piece with eight bytes: stream, three zeros,
 * length; with one it sends plain text.
 */
export function readLog(body: Buffer): string {
  if (!isFramed(body)) return body.toString('utf8');
  // Written into one place: a log of nothing but empty frames would be millions of pieces.
  const text = Buffer.alloc(body.length);
  let end = 0;
  for (let at = 0; at + 8 <= body.length; ) {
    const length = body.readUInt32BE(at + 4);
    end += body.copy(text, end, at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text.toString('utf8', 0, end);
}

function isFramed(body: Buffer): boolean {
  const [stream = 255, a, b, c] = body;
  return body.length >= 8 && stream <= 2 && a === 0 && b === 0 && c === 0;
}
