import { describe, expect, test } from '@jest/globals';
import { parseJson, writeJson } from '../../src/engine/json-text.ts';
import type { JsonObject } from '../../src/model/json.ts';

describe('JSON of an engine', () => {
  test.each([
    '{"Ulimits":[{"Hard":9223372036854775807,"Soft":-9223372036854775808}]}',
    '{"Memory":9007199254740993}',
    '{"Quota":18446744073709551615,"Ratio":0.5,"Text":"9223372036854775807"}',
  ])('is written back digit for digit: %s', (text) => {
    expect(writeJson(parseJson(text))).toBe(text);
  });

  test('has plain numbers wherever they are exact', () => {
    const text = '{"a":1,"b":-2,"c":1.5,"d":1e3,"e":9007199254740991,"f":9223372036854775807}';

    expect(parseJson(text)).toEqual({
      a: 1,
      b: -2,
      c: 1.5,
      d: 1000,
      e: 9_007_199_254_740_991,
      f: 9_223_372_036_854_775_807n,
    });
  });

  test.each(['{"a":1,"a":{"b":2}}', '{"a":9223372036854775807,"a":{"b":2}}'])(
    'takes the last of two fields of one name, as the engine itself does: %s',
    (text) => {
      expect(parseJson(text)).toEqual({ a: { b: 2 } });
    },
  );

  test.each(['1', '9223372036854775807'])('keeps a field called __proto__ a field (beside %s)', (long) => {
    const value = parseJson(`{"__proto__":{"Privileged":true},"long":${long}}`) as JsonObject;

    expect(Object.keys(value)).toEqual(['__proto__', 'long']);
    expect(value['Privileged']).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(writeJson(value)).toContain('"__proto__":{"Privileged":true}');
  });

  test.each(['{', '[1,]', "{'a':1}", '{"a":9223372036854775807', 'OK', ''])(
    'is refused when it is none: %j',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  test('is written without what is undefined, and null for nothing', () => {
    expect(writeJson({ a: undefined, b: null, c: [], d: '"\u2028' })).toBe('{"b":null,"c":[],"d":"\\"\u2028"}');
  });
});
