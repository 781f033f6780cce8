import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/model/json.ts';
import { jsonLine, jsonText } from '../../src/report/json-text.ts';

describe('a document as JSON', () => {
  test('is indented, keeps its order and leaves absent fields out', () => {
    const text = jsonText({
      name: 'shop',
      absent: undefined,
      ports: [80, { to: 8080 }],
      none: [],
      empty: {},
      kept: null,
    });

    expect(text).toBe(`\
{
  "name": "shop",
  "ports": [
    80,
    {
      "to": 8080
    }
  ],
  "none": [],
  "empty": {},
  "kept": null
}
`);
  });

  test('on one line is what JSON.stringify writes', () => {
    const value = { name: 'shop "1"\n', ports: [80, -0.5, 1e300], on: true, none: [], deep: { empty: {} } };

    expect(jsonLine(value)).toBe(`${JSON.stringify(value)}\n`);
  });

  test('writes the longest integers to the last digit', () => {
    expect(jsonLine([9223372036854775807n, -9223372036854775808n])).toBe(
      '[9223372036854775807,-9223372036854775808]\n',
    );
  });

  test('escapes what a terminal would obey, and it is read back as it was', () => {
    const hostile = { 'k\u009by': 'a\u202e\u200b\u2028\u{e0041}\u007f\u001b[2J' };

    const text = jsonText(hostile);

    expect(text).toContain('"k\\u009by": "a\\u202e\\u200b\\u2028\\udb40\\udc41\\u007f\\u001b[2J"');
    expect(JSON.parse(text)).toEqual(hostile);
  });

  test('writes a key of any name', () => {
    const text = '{"__proto__":{"a":1},"constructor":2}';

    expect(jsonLine(JSON.parse(text) as JsonObject)).toBe(`${text}\n`);
  });
});
