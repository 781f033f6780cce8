import { describe, expect, test } from '@jest/globals';
import type { Edit, PortMove } from '../../src/model/plan.ts';
import { ownerWarnings } from '../../src/plan/owner-warnings.ts';
import { container, snapshot } from '../support/containers.ts';
import { changeOf, publishing } from '../support/planned.ts';

const OWNER = { kind: 'compose', name: 'shop', files: ['/srv/shop/compose.yml'] } as const;
const MOVES: readonly PortMove[] = [443, 80, 80].map((from, index) => ({
  protocol: 'tcp',
  ip: index === 0 ? '' : '127.0.0.1',
  from,
  to: from + 8000,
  containerPort: from,
}));
const Labels = { 'com.docker.compose.project': 'shop' };
const web = container('web', { Config: { Labels } });

describe('of a change of a compose service is told', () => {
  test('what the file still publishes, and what to change there', () => {
    const change = { edits: edits('PortBindings', 'CapAdd', 'CapDrop'), moves: MOVES.slice(1) };

    expect(ownerWarnings(web, OWNER, change, snapshot([web]))).toEqual([
      'compose project shop (/srv/shop/compose.yml) still publishes 80: change ports, cap_drop and cap_add there, or the next docker compose up that recreates it brings the finding back',
    ]);
  });

  test('every port once, and no key that stays as it is', () => {
    const change = { edits: edits('PortBindings'), moves: MOVES };

    const [warning] = ownerWarnings(web, { kind: 'compose', name: 'shop' }, change, snapshot([web]));

    expect(warning).toMatch(/^compose project shop still publishes 80, 443: change ports there, or/);
  });

  test('that the capabilities are the old ones, where no port moves', () => {
    const change = { edits: edits('CapDrop', 'Privileged'), moves: [] };

    const [warning] = ownerWarnings(web, OWNER, change, snapshot([web]));

    expect(warning).toContain('still has the old capabilities: change cap_drop and privileged there, or');
  });

  test('which services of the project compose will make again, as they use it by its id', () => {
    const vpn = container('vpn', { Config: { Labels } });
    const by = { HostConfig: { NetworkMode: `container:${vpn.id}`, PidMode: `container:${vpn.id}` } };
    const others = [
      container('app', { ...by, Config: { Labels } }),
      container('backup', { HostConfig: { VolumesFrom: [vpn.id] }, Config: { Labels } }),
      container('stranger', by),
      container('linked', { HostConfig: { Links: ['/vpn:/linked/vpn'] }, Config: { Labels } }),
    ];

    const warnings = ownerWarnings(vpn, OWNER, { edits: [], moves: [] }, snapshot([vpn, ...others]));

    expect(warnings).toEqual([
      'app (network_mode, pid) and backup (volumes_from) of the same project use it by its id, which changes: the next docker compose up makes them again from the file, without what enforce changed there',
    ]);
  });

  test('that compose will make it again, as it uses another by its id', () => {
    const vpn = container('vpn', { Config: { Labels } });
    const app = container('app', { HostConfig: { NetworkMode: `container:${vpn.id}` }, Config: { Labels } });

    const [warning] = ownerWarnings(app, OWNER, { edits: [], moves: [] }, snapshot([app, vpn]));

    expect(warning).toMatch(
      /^it uses vpn by id: whenever compose or enforce makes that again, the next docker compose up/,
    );
  });
});

test('nothing is told of a container that nobody else made', () => {
  const change = { edits: edits('PortBindings'), moves: MOVES };

  expect(ownerWarnings(web, { kind: 'none' }, change, snapshot([web]))).toEqual([]);
});

function edits(...names: readonly string[]): readonly Edit[] {
  return names.map((name) => ({ path: `HostConfig.${name}`, before: null, after: null }));
}

test('a compose service is changed, its specification alone is kept, and the plan says what its file still has', () => {
  const web = publishing('web', ['80:80'], {
    Config: {
      Labels: {
        'com.docker.compose.project': 'shop',
        'com.docker.compose.project.config_files': '/srv/shop/compose.yml',
      },
    },
  });

  expect(changeOf('web', snapshot([web]))).toMatchObject({
    action: 'recreate',
    keeps: 'specification',
    owner: { kind: 'compose', name: 'shop' },
    warnings: [expect.stringMatching(/^compose project shop \(\/srv\/shop\/compose.yml\) still publishes 80: change /)],
  });
});
