import { request } from 'node:http';
import type { JsonValue } from '../../src/model/json.ts';
import { parseJson, writeJson } from '../../src/engine/json-text.ts';

/** One raw call of an engine's API on a unix socket, for what the product's own port does not offer. */
export async function callEngine(
  socketPath: string,
  method: string,
  path: string,
  body?: JsonValue | Buffer,
): Promise<{ readonly status: number; readonly body: JsonValue }> {
  const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json';
  const headers = body === undefined ? {} : { 'Content-Type': type };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8').trim();
        const isJson = response.headers['content-type']?.startsWith('application/json') === true;
        resolve({ status: response.statusCode ?? 0, body: isJson && text !== '' ? parseJson(text) : text });
      });
    });
    call.on('error', reject);
    call.end(body === undefined || Buffer.isBuffer(body) ? body : writeJson(body));
  });
}
