import { describe, expect, test } from '@jest/globals';
import { ALL_CAPABILITIES, DEFAULT_CAPABILITIES, effectiveCapabilities } from '../../src/model/capabilities.ts';
import type { CapabilitySettings } from '../../src/model/playbook.ts';
import type { Container } from '../../src/model/snapshot.ts';
import type { CapabilityChoice } from '../../src/plan/choose-capabilities.ts';
import { chooseCapabilities } from '../../src/plan/choose-capabilities.ts';
import { linuxCapabilities } from '../../src/rules/linux-capabilities.ts';
import { someCapabilitySettings } from '../support/a-playbook.ts';
import { container, snapshot } from '../support/containers.ts';
import { sourcesOf } from '../support/planned.ts';

const AUTO: CapabilitySettings = someCapabilitySettings();
/** Every way in which flags were seen to be written, each with each. */
const LISTS = [
  null,
  [],
  ['ALL'],
  ['all'],
  ['NET_RAW'],
  ['cap_net_raw', 'CHOWN'],
  ['NET_ADMIN'],
  ['CAP_SYS_ADMIN', 'SETUID'],
  ['ALL', 'NET_ADMIN'],
  DEFAULT_CAPABILITIES,
  ALL_CAPABILITIES,
] as const;
const IMAGES = ['nginx:1.25', 'caddy:2', 'acme/shop:3'];
const COMBINATIONS = LISTS.flatMap((CapAdd) =>
  LISTS.flatMap((CapDrop) =>
    IMAGES.flatMap((Image) =>
      ['', 'app'].map((User) => container('web', { Config: { Image, User }, HostConfig: { CapAdd, CapDrop } })),
    ),
  ),
);

describe('whatever a container was given and refused', () => {
  const profiles = [{ match: 'caddy:*', keep: ['NET_BIND_SERVICE', 'NET_ADMIN'] }];
  const chosen = COMBINATIONS.flatMap((before) =>
    [AUTO, { ...AUTO, require: 'drop-all', profiles } as const].flatMap((settings) => {
      const choice = chooseCapabilities(before, sourcesOf(settings));
      return choice.ok ? [{ before, after: edited(before, choice), choice, settings }] : [];
    }),
  );

  test('there are cases enough to tell', () => {
    expect(COMBINATIONS).toHaveLength(726);
    expect(chosen.length).toBeGreaterThan(500);
  });

  test('it never holds more than before', () => {
    const wider = chosen.filter(({ before, after }) => {
      const today = effectiveCapabilities(before.inspect.HostConfig).names;
      return effectiveCapabilities(after.inspect.HostConfig).names.some((name) => !today.includes(name));
    });

    expect(wider.map(({ before }) => before.inspect.HostConfig)).toEqual([]);
  });

  test('it holds exactly what the plan says is kept, and everything else is said to be dropped', () => {
    const different = chosen.filter(({ before, after, choice }) => {
      const kept = choice.decisions.filter(({ verdict }) => verdict === 'keep').map(({ capability }) => capability);
      const told = choice.decisions.map(({ capability }) => capability);
      return (
        String(kept) !== String(effectiveCapabilities(after.inspect.HostConfig).names) ||
        String(told) !== String(effectiveCapabilities(before.inspect.HostConfig).names)
      );
    });

    expect(different).toEqual([]);
  });

  test('its finding is gone afterwards', () => {
    const standing = chosen.filter(
      ({ after, settings, choice }) =>
        choice.edits.length > 0 && linuxCapabilities.check(after, snapshot([after]), settings).length > 0,
    );

    expect(standing.map(({ before }) => before.inspect.HostConfig)).toEqual([]);
  });
});

function edited(before: Container, choice: Extract<CapabilityChoice, { ok: true }>): Container {
  if (choice.edits.length === 0) return before;
  const settings = choice.edits.map(({ path, after }) => [path.replace('HostConfig.', ''), after] as const);
  const inspect = {
    ...before.inspect,
    HostConfig: { ...before.inspect.HostConfig, ...Object.fromEntries(settings) },
  };
  return { ...before, inspect: inspect };
}
