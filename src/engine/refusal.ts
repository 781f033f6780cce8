import { EnforceError } from '../model/errors.ts';
import { isJsonObject } from '../model/json.ts';
import { withoutSecrets } from '../model/without-secrets.ts';
import { parseJson } from './json-text.ts';
import type { EngineAnswer } from './send-request.ts';

const LONGEST_MESSAGE = 4 * 1024;

/** What an engine refused, in its own words without the secrets of what the call was about. */
export function refusal(what: string, { status, body }: EngineAnswer, about?: object): EnforceError {
  const because = withoutSecrets(messageOf(body), about);
  return new EnforceError('engine-refused', `the engine refused ${what}: ${because} (HTTP ${status})`);
}

function messageOf(body: Buffer): string {
  const text = body.subarray(0, LONGEST_MESSAGE).toString('utf8').trim();
  try {
    const parsed = parseJson(text);
    if (isJsonObject(parsed) && typeof parsed['message'] === 'string') return parsed['message'].trim();
  } catch {
    return text === '' ? 'no reason given' : text;
  }
  return text;
}

/** The engine does already what it is asked for: no refusal, but how it ends is still to be seen (recreate.md L14). */
export function isUnderWay({ status, body }: EngineAnswer): boolean {
  return status === 409 && /^removal of container \S+ is already in progress$/.test(messageOf(body));
}
