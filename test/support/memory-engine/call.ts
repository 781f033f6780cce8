import type { JsonObject, JsonValue } from '../../../src/model/json.ts';
import type { Store } from './store.ts';

/** One request, as a route sees it. */
export interface Call {
  readonly method: string;
  /** Without the version. */
  readonly path: string;
  readonly apiVersion: number;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** The body as it came. */
  readonly bytes: Buffer;
}

/** What the engine answers to a call. */
export type Reply =
  | { readonly kind: 'json'; readonly status: number; readonly value: JsonValue }
  | { readonly kind: 'bytes'; readonly status: number; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: 'empty'; readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** One row of the routing table: the first group of the pattern is the subject. */
export type Route = readonly [method: string, pattern: RegExp, handle: Handler];

/** Answers the calls of one route. */
export type Handler = (store: Store, call: Call, subject: string) => Reply;

/** A JSON answer. */
export function json(value: JsonValue, status = 200): Reply {
  return { kind: 'json', status, value };
}

/** An answer that is only a status. */
export function done(status: number): Extract<Reply, { readonly kind: 'empty' }> {
  return { kind: 'empty', status };
}
