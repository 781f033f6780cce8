import { describe, expect, test } from '@jest/globals';
import { requireLinks } from '../../src/apply/lost-links.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { container } from '../support/containers.ts';

const target = { container: 'side', run: '7f3a' };

describe('an old container that is to be started again', () => {
  test('is started where it has the links that the new one was given', () => {
    const members = [{ candidateInspect: linked('web.enforce-fail-7f3a') }];
    const candidateInspect = linked('side.enforce-fail-7f3a', '/web.enforce-fail-7f3a:/side/w');

    expect(() =>
      requireLinks({ oldInspect: linked('side', '/web:/side/w'), candidateInspect, target }, members),
    ).not.toThrow();
  });

  test.each([
    ['has lost a link', linked('side')],
    ['is linked to the new container', linked('side', '/web.enforce-fail-7f3a:/side/w')],
  ])('is left to a person where it %s: it would run without, or not at all', (_how, oldInspect) => {
    const members = [{ candidateInspect: linked('web.enforce-fail-7f3a') }];
    const candidateInspect = linked('side.enforce-fail-7f3a', '/web.enforce-fail-7f3a:/side/w');

    expect(() => requireLinks({ oldInspect, candidateInspect, target }, members)).toThrow(
      /side has lost its link w by that/,
    );
  });

  test('is started where nobody knows what it was linked to', () => {
    expect(() =>
      requireLinks({ oldInspect: linked('side', '/web:/side/w'), candidateInspect: undefined, target }, []),
    ).not.toThrow();
  });
});

function linked(name: string, ...links: readonly string[]): ContainerInspect {
  const { inspect } = container(name);
  return { ...inspect, Name: `/${name}`, HostConfig: { ...inspect.HostConfig, Links: links } };
}
