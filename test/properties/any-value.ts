import fc from 'fast-check';

/** An object with any of these fields, and none of them when it is made small. */
export function some<Fields>(fields: { [Field in keyof Fields]: fc.Arbitrary<Fields[Field]> }) {
  return fc.record(fields, { requiredKeys: [], noNullPrototype: true });
}

/** Text in any script, as a program may be given it: what ends a C string or a word between `@` is not in it. */
export function anyText(minLength = 0): fc.Arbitrary<string> {
  return fc.string({ unit: 'grapheme', minLength, maxLength: 12 }).map((text) => text.replace(/[\0@]/g, '-'));
}
