import { describe, expect, test } from '@jest/globals';
import type { CapabilitySettings } from '../../src/model/playbook.ts';
import { profileFor } from '../../src/model/profile.ts';
import { container } from '../support/containers.ts';

describe('profileFor', () => {
  test.each([
    ['nginx:*', 'nginx:1.25'],
    ['nginx:*', 'nginx'],
    ['nginx', 'nginx'],
    ['registry.example.com:5000/shop/*', 'registry.example.com:5000/shop/web:3'],
    ['registry.example.com:5000/shop/web:latest', 'registry.example.com:5000/shop/web'],
  ])('finds the profile %s for the image %s', (match, Image) => {
    const web = container('web', { Config: { Image } });

    expect(profileFor(web, settings(match))?.match).toBe(match);
  });

  test.each([
    ['nginx:*', 'mynginx:1.25'],
    ['nginx', 'nginx:1.25'],
    ['nginx:latest', 'nginx@sha256:0c21'],
    ['container:shop', 'nginx:1.25'],
  ])('finds no profile %s for the image %s of web', (match, Image) => {
    const web = container('web', { Config: { Image } });

    expect(profileFor(web, settings(match))).toBeUndefined();
  });

  test('takes a profile that names the container before one that names its image', () => {
    const web = container('shop-web-1', { Config: { Image: 'nginx:1.25' } });

    expect(profileFor(web, settings('nginx:*', 'container:shop-*'))?.match).toBe('container:shop-*');
  });

  test('takes the first of several that name the image', () => {
    const web = container('web', { Config: { Image: 'nginx:1.25' } });

    expect(profileFor(web, settings('nginx:1.*', 'nginx:*'))?.match).toBe('nginx:1.*');
  });
});

function settings(...matches: readonly string[]): Pick<CapabilitySettings, 'profiles'> {
  return { profiles: matches.map((match) => ({ match, keep: ['CHOWN'] })) };
}
