import { describe, expect, test } from '@jest/globals';
import { aPlaybook, anException, someCapabilitySettings } from '../support/a-playbook.ts';
import { snapshot } from '../support/containers.ts';
import { planned, publishing } from '../support/planned.ts';

describe('a warning about what is said of the capabilities of some containers', () => {
  const entry = {
    mode: 'auto',
    add: [],
    floor: [],
    never: ['SYS_ADMIN'],
    allowAdd: [],
    isUnprivileged: false,
    reason: 'house rule',
  } as const;
  const playbook = aPlaybook({
    rules: {
      'linux-capabilities': someCapabilitySettings({
        containers: [
          { ...entry, match: { container: 'mail' }, source: 'playbook.yml:7' },
          { ...entry, match: { container: 'mial', image: 'nginx:*' }, source: 'playbook.yml:9' },
          { ...entry, match: { image: 'nginx:*' }, source: 'playbook.yml:11' },
        ],
      }),
    },
  });
  const mail = snapshot([publishing('mail', ['25:25'])]);

  test('comes for an entry that no container of any host matches, with its line', () => {
    expect(planned([mail], { playbook }).warnings).toEqual([
      'playbook.yml:9: what is said of the capabilities of container "mial" with image "nginx:*" matches no container that was read',
    ]);
  });

  test.each<[string, Parameters<typeof planned>]>([
    ['a host was not reached', [[mail, { host: 'edge-1', failed: new Error('no route') }], { playbook }]],
    ['only some containers are looked at', [[mail], { playbook, containers: ['mail'] }]],
    ['only some hosts are looked at', [[mail], { playbook, hosts: 'some' }]],
    ['only another rule is looked at', [[mail], { playbook, only: ['privileged-host-port'] }]],
    ['no host was looked at', [[], { playbook }]],
  ])('does not come where %s', (_where, [hosts, planning]) => {
    expect(planned(hosts, planning).warnings).toEqual([]);
  });
});

describe('a warning about exceptions', () => {
  const unused = 'exceptions.yml:1: the exception for privileged-host-port matches nothing that was scanned';
  const mail = snapshot([publishing('mail', ['25:25'])]);

  test.each([
    ['names a container that is not there', anException({ match: { container: 'mial' } })],
    ['names a port that is not published', anException({ ports: ['587/tcp'] })],
    ['is about a rule that holds', anException({ rule: 'linux-capabilities' })],
  ])('comes for one that %s', (_sentence, exception) => {
    const { warnings } = planned([mail], { exceptions: [exception] });

    expect(warnings).toEqual([unused.replace('privileged-host-port', exception.rule)]);
  });

  test('does not come for one that accepts a part', () => {
    const both = snapshot([publishing('mail', ['25:25', '80:80'])]);

    expect(planned([both], { exceptions: [anException({ ports: ['25/tcp'] })] }).warnings).toEqual([]);
  });

  test('does not come while a host it may be about was not reached', () => {
    const edge = { host: 'edge-1', failed: new Error('no route') };
    const exceptions = [
      anException({ match: { host: 'edge-*', container: 'lb' } }),
      anException({ match: { host: 'web-*', container: 'lb' }, source: 'exceptions.yml:9' }),
    ];

    const { warnings } = planned([edge, mail], { exceptions });

    expect(warnings).toEqual([unused.replace(':1:', ':9:')]);
  });

  test('does not come when only some containers or rules are looked at', () => {
    const exceptions = [anException({ match: { container: 'lb' } })];

    expect(planned([mail], { exceptions, containers: ['mail'] }).warnings).toEqual([]);
    expect(planned([mail], { exceptions, only: ['linux-capabilities'] }).warnings).toEqual([]);
  });
});
