import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/model/canonical-json.ts';
import type { JsonValue } from '../../src/model/json.ts';

describe('canonicalJson', () => {
  test('writes equal values alike, whatever the order of their fields', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
  });

  test('keeps every digit of a large integer', () => {
    expect(canonicalJson({ Ulimit: 9223372036854775807n })).toBe('{"Ulimit":9223372036854775807}');
  });

  test('keeps the order of lists', () => {
    expect(canonicalJson(['b', 'a'])).toBe('["b","a"]');
  });

  test('leaves out fields without a value, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test('writes a field called __proto__ like every other', () => {
    const value = JSON.parse('{"__proto__": {"x": 1}, "a": 2}') as JsonValue;

    expect(canonicalJson(value)).toBe('{"__proto__":{"x":1},"a":2}');
  });
});
