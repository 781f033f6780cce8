import { describe, expect, test } from '@jest/globals';
import { anException } from '../support/a-playbook.ts';
import { snapshot } from '../support/containers.ts';
import { planned, publishing } from '../support/planned.ts';

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
