import { describe, expect, test } from '@jest/globals';
import { parseRoleName, roleName } from '../../src/model/names.ts';

describe('the name of a part in a change', () => {
  test.each(['new', 'old', 'bak', 'fail'] as const)('is read back as it was made for %s', (role) => {
    const name = roleName('shop', role, '7f3a');

    expect(name).toBe(`shop.enforce-${role}-7f3a`);
    expect(parseRoleName(name)).toEqual({ target: 'shop', role, run: '7f3a' });
  });

  test('is read back for a service that is called like one', () => {
    const name = roleName('shop.enforce-bak-7f3a', 'new', '9c01');

    expect(parseRoleName(name)).toEqual({ target: 'shop.enforce-bak-7f3a', role: 'new', run: '9c01' });
  });

  test('is a name that engines accept', () => {
    expect(roleName('shop_web.1', 'fail', 'a'.repeat(32))).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
  });
});

describe('another name is not taken for one', () => {
  test.each([
    'shop',
    'shop.enforce-new',
    'shop.enforce-new-',
    'shop.enforce-new-7f3',
    'shop.enforce-new-7F3A',
    'shop.enforce-next-7f3a',
    'shop-enforce-new-7f3a',
    '.enforce-new-7f3a',
    'shop.enforce-new-7f3a.log',
    `shop.enforce-new-${'a'.repeat(33)}`,
    'shop.enforce-new-7f3a\n',
  ])('%j', (name) => {
    expect(parseRoleName(name)).toBeUndefined();
  });
});
