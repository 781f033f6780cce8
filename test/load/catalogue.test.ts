import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadCatalogue } from '../../src/load/catalogue.ts';
import { ALL_CAPABILITIES } from '../../src/model/capabilities.ts';
import type { CatalogueEntry } from '../../src/model/catalogue.ts';
import { matchesGlob } from '../../src/model/glob.ts';
import { failureOf } from '../support/failure-of.ts';
import { folderOf } from '../support/folder-of.ts';

const { entries } = await loadCatalogue();

describe('the catalogue that comes with enforce', () => {
  test.each([
    ['nginx', 'root', 'CHOWN SETGID SETUID'],
    ['nginxinc/nginx-unprivileged', 'non-root', ''],
    ['httpd', 'root', 'KILL SETGID SETUID'],
    ['postgres', 'root', 'CHOWN DAC_OVERRIDE FOWNER SETGID SETUID'],
    ['postgres', 'non-root', ''],
    ['redis', 'root', 'CHOWN SETGID SETUID'],
    ['valkey/valkey', 'root', 'CHOWN SETGID SETUID'],
    ['mariadb', 'root', 'CHOWN DAC_OVERRIDE SETGID SETUID'],
    ['mysql', 'root', 'CHOWN DAC_OVERRIDE SETGID SETUID'],
    ['memcached', 'non-root', ''],
    ['caddy', 'root', 'NET_BIND_SERVICE'],
    ['caddy', 'non-root', 'NET_BIND_SERVICE'],
    ['haproxy', 'non-root', ''],
    ['traefik', 'root', ''],
    ['grafana/grafana', 'non-root', ''],
    ['registry', 'root', ''],
    ['lscr.io/linuxserver/swag', 'root', 'CHOWN DAC_OVERRIDE FOWNER KILL SETGID SETUID'],
    ['lscr.io/linuxserver/wireguard', 'root', 'CHOWN DAC_OVERRIDE FOWNER KILL NET_ADMIN NET_RAW SETGID SETUID'],
  ])('knows %s as %s', (image, user, keep) => {
    expect(entryFor(image, user)?.keep.join(' ')).toBe(keep);
  });

  test('says nothing of an image in another registry', () => {
    expect(entryFor('ghcr.io/someone/nginx', 'root')).toBeUndefined();
  });

  test('keeps what binds a low port in the network of the host', () => {
    const also = entryFor('nginx', 'root')?.also.find(({ when }) => when === 'host-network');

    expect(also?.keep).toEqual(['NET_BIND_SERVICE']);
  });

  test('names real capabilities, a source for each entry, and each image once for a user', () => {
    const names = entries.flatMap(({ keep, also }) => [...keep, ...also.flatMap((one) => one.keep)]);
    const subjects = entries.flatMap(({ images, user }) => images.map((image) => `${image} ${user}`));

    expect(names.filter((name) => !ALL_CAPABILITIES.includes(name))).toEqual([]);
    expect(entries.filter(({ source }) => source.length < 5)).toEqual([]);
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  test('never makes a binary that cannot be started: SETFCAP stands with what it hands out', () => {
    const handsOut = entries.flatMap(({ images, keep, also }) =>
      [keep, ...also.map((one) => one.keep)]
        .filter((names) => names.includes('SETFCAP'))
        .map((names) => `${images[0]}: ${names.filter((name) => /^(NET|IPC)_/.test(name)).join(' ')}`),
    );

    expect(handsOut).toEqual([
      'hashicorp/consul: NET_BIND_SERVICE',
      'hashicorp/vault: IPC_LOCK',
      'pihole/pihole: NET_BIND_SERVICE NET_RAW NET_ADMIN',
    ]);
  });

  test('says when what nobody sees is asked for', () => {
    expect(entryFor('postgres', 'root')?.rare).toEqual({ DAC_OVERRIDE: 'every start but the first' });
  });

  test('has no entry that an earlier one hides', () => {
    const hidden = entries.flatMap((entry, index) =>
      entry.images.filter((image) =>
        entries
          .slice(0, index)
          .some((earlier) => overlaps(earlier, entry) && earlier.images.some((glob) => matchesGlob(glob, image))),
      ),
    );

    expect(hidden).toEqual([]);
  });

  test.each([
    ['when: full-moon', /also\[0\]\.when: is "full-moon"; expected bind-mount, host-network, foreign-folder/],
    ['when: { procces: pinger }', /also\[0\]\.when\.?.*procces.*is not a known key|also\[0\]\.when: is a mapping/],
  ])('refuses the condition %s', async (when, message) => {
    const text = `- images: [nginx]\n  user: root\n  keep: []\n  also: [{ ${when}, keep: [KILL], because: x }]\n  source: tried\n  confidence: high\n`;
    const file = join(folderOf({ 'catalogue.yml': text }), 'catalogue.yml');

    expect((await failureOf(() => loadCatalogue(file))).message).toMatch(message);
  });

  test('is judged like every file', async () => {
    const file = join(
      folderOf({
        'catalogue.yml': '- images: [nginx]\n  user: rot\n  keep: [CHWON]\n  source: tried\n  confidence: high\n',
      }),
      'catalogue.yml',
    );

    const { message } = await failureOf(() => loadCatalogue(file));

    expect(message.replaceAll(file, 'FILE')).toBe(
      'FILE:2: [0].user: is "rot"; expected root, non-root or any\n' +
        'FILE:3: [0].keep[0]: is "CHWON", which Linux does not have (did you mean CHOWN?); expected the name of a capability such as NET_BIND_SERVICE',
    );
  });
});

function entryFor(image: string, user: string): CatalogueEntry | undefined {
  return entries.find(
    (entry) => [user, 'any'].includes(entry.user) && entry.images.some((glob) => matchesGlob(glob, image)),
  );
}

function overlaps(one: CatalogueEntry, other: CatalogueEntry): boolean {
  return one.user === other.user || one.user === 'any' || other.user === 'any';
}
