import { describe, expect, test } from '@jest/globals';
import type { Owner } from '../../src/model/owner.ts';
import { OWNER_KINDS } from '../../src/model/owner.ts';
import { insteadOf, mayChange, whyNot } from '../../src/plan/instead-of.ts';

describe('what to do instead', () => {
  test.each<readonly [Owner, string]>([
    [
      { kind: 'compose', name: 'shop', files: ['/srv/shop/compose.yml'] },
      'change ports, cap_drop and cap_add in /srv/shop/compose.yml and run docker compose up -d',
    ],
    [{ kind: 'compose', name: 'shop' }, 'in its compose file'],
    [{ kind: 'compose-run', name: 'shop' }, 'let it end'],
    [{ kind: 'portainer', name: 'shop' }, "change the stack shop in Portainer's editor"],
    [{ kind: 'swarm', name: 'shop_web' }, 'docker service update --publish-rm … --publish-add … --cap-drop ALL'],
    [{ kind: 'swarm' }, 'SERVICE'],
    [{ kind: 'kubernetes', name: 'web-0' }, 'in the pod specification of web-0'],
    [{ kind: 'nomad', name: 'web' }, 'change the job specification of web'],
    [{ kind: 'ecs', name: 'web' }, 'in the task definition of web'],
    [
      { kind: 'systemd', name: 'web.service', files: ['/etc/systemd/system/web.service'] },
      'change the unit web.service (/etc/systemd/system/web.service), then systemctl daemon-reload',
    ],
    [{ kind: 'script', name: '/run/web.cid' }, 'docker run --cidfile /run/web.cid'],
    [{ kind: 'home-assistant' }, 'change the add-on in Home Assistant'],
    [{ kind: 'unraid' }, 'in its template'],
    [{ kind: 'coolify', name: 'shop' }, 'change it there, for shop'],
    [{ kind: 'kamal' }, 'config/deploy.yml'],
    [{ kind: 'gitlab-runner' }, 'it goes away with its job'],
    [{ kind: 'kind', name: 'dev' }, 'make the cluster dev again: kind create cluster'],
  ])('of changing a container of %j is said', (owner, instead) => {
    expect(insteadOf(owner)).toContain(instead);
  });

  test.each(OWNER_KINDS.filter((kind) => kind !== 'none'))('is said for %s, with and without a name', (kind) => {
    for (const owner of [{ kind }, { kind, name: 'shop' }]) {
      expect(insteadOf(owner)).toMatch(/\S{3}.*\S{3}/);
      expect(insteadOf(owner)).not.toMatch(/undefined| {2}/);
      expect(whyNot(owner)).toMatch(/ created it( \(shop\))? and would \S/);
    }
  });

  test('is nothing where nobody would undo the change', () => {
    expect(insteadOf({ kind: 'none' })).toBeUndefined();
  });
});

test('only a container that nobody else made is changed, and one of compose, which leaves the new one alone', () => {
  expect(OWNER_KINDS.filter((kind) => mayChange({ kind }))).toEqual(['none', 'compose']);
});
