import { describe, expect, test } from '@jest/globals';
import { matchesGlob } from '../../src/model/glob.ts';

describe('a glob', () => {
  test.each([
    ['shop', 'shop'],
    ['', ''],
    ['*', ''],
    ['*', 'anything at all'],
    ['shop-*', 'shop-'],
    ['shop-*', 'shop-web-1'],
    ['*-db', 'shop-db'],
    ['*-ci-*', 'shop-ci-7'],
    ['sh?p', 'ship'],
    ['a*b*c', 'a-b-b-c'],
    ['**', 'x'],
    ['*a', 'banana'],
    ['/app/*', '/app/a/b/c'],
    ['shop.web', 'shop.web'],
    ['[ab](c)+$', '[ab](c)+$'],
    ['ghcr.io/acme/*:1.*', 'ghcr.io/acme/app:1.2'],
  ])('%j matches %j', (glob, text) => {
    expect(matchesGlob(glob, text)).toBe(true);
  });

  test.each([
    ['shop', 'shop2'],
    ['shop', 'my-shop'],
    ['', 'x'],
    ['?', ''],
    ['sh?p', 'shp'],
    ['shop-*', 'shop'],
    ['*-db', 'shop-db2'],
    ['a*b*c', 'a-c-b'],
    ['shop.web', 'shopxweb'],
    ['Shop', 'shop'],
    ['[ab]', 'a'],
  ])('%j does not match %j', (glob, text) => {
    expect(matchesGlob(glob, text)).toBe(false);
  });

  test('of many stars ends soon on a long name that almost matches', () => {
    expect(matchesGlob('a*'.repeat(200) + 'b', 'a'.repeat(20_000))).toBe(false);
  });
});
