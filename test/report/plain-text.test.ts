import { describe, expect, test } from '@jest/globals';
import { plainLines, plainText } from '../../src/report/plain-text.ts';

describe('text of a host', () => {
  test.each([
    ['a colour', 'shop\u001b[31m', 'shop\\u{1b}[31m'],
    ['a window title', '\u001b]0;root\u0007', '\\u{1b}]0;root\\u{7}'],
    ['a one-byte control sequence', '\u009b2J', '\\u{9b}2J'],
    ['a line end', 'shop\r\nPlan: 0', 'shop\\u{d}\\u{a}Plan: 0'],
    ['a reversed direction', 'shop\u202egpj', 'shop\\u{202e}gpj'],
    ['an isolate', '\u2066shop\u2069', '\\u{2066}shop\\u{2069}'],
    ['a zero-width space', 'sh\u200bop', 'sh\\u{200b}op'],
    ['a byte order mark', '\ufeffshop', '\\u{feff}shop'],
    ['a tag character', 'shop\u{e0041}', 'shop\\u{e0041}'],
    ['half a surrogate pair', 'shop\ud800', 'shop\\u{d800}'],
    ['a letter that is drawn as nothing', 'shop\u3164', 'shop\\u{3164}'],
    ['a line separator', 'shop\u2028', 'shop\\u{2028}'],
  ])('shows %s instead of obeying it', (_name, text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  test('keeps letters of every script, symbols and spaces', () => {
    expect(plainText('Läden Магазин 店 🛒 → ~')).toBe('Läden Магазин 店 🛒 → ~');
  });

  test.each([
    ['is as long as allowed', 'abcde', 'abcde'],
    ['is longer', 'abcdef', 'abcd…'],
    ['is longer in characters of two halves', '🛒🛒🛒🛒🛒🛒', '🛒🛒🛒🛒…'],
    ['would be cut within an escape', 'abc\u001b[2J', 'abc…'],
  ])('ends at its maximum when it %s', (_name, text, shown) => {
    expect(plainText(text, 5)).toBe(shown);
  });

  test.each([
    [undefined, ''],
    [null, ''],
    [80, '80'],
    [{ toString: () => '\u001b' }, '?'],
  ])('that is no text at all, but %p, does no harm', (value, shown) => {
    expect(plainText(value)).toBe(shown);
  });

  test('of several lines stays in as many, up to a limit', () => {
    expect(plainLines('one\ntwo\u0007\r\nthree')).toEqual(['one', 'two\\u{7}', 'three']);
    expect(plainLines('x\n'.repeat(500))).toHaveLength(41);
  });
});
