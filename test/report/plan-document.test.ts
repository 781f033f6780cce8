import { describe, expect, test } from '@jest/globals';
import { planDocument } from '../../src/report/plan-document.ts';
import { aChange, aHostPlan, aPlan, anUnreadHost } from '../support/a-plan.ts';

describe('the document of a plan', () => {
  test('has the changes in the names of the published format', () => {
    const document = planDocument(aPlan([aHostPlan([aChange()], ['api'])]));

    expect(document).toMatchObject({
      format_version: '1.0',
      generated_at: '2026-11-22T21:09:11.000Z',
      created_at: '2026-11-22T21:09:11.000Z',
      errored: false,
      complete: true,
      playbook: { name: 'default', digest: 'sha256:9b1c' },
      exceptions_digest: 'sha256:e3b0',
      changes: [
        {
          host: 'web-1',
          container: 'shop',
          action: 'recreate',
          because: [{ rule: 'privileged-host-port' }, { rule: 'linux-capabilities' }],
          before: { 'HostConfig.CapDrop': null },
          after: { 'HostConfig.CapDrop': ['ALL'], 'HostConfig.CapAdd': ['SETGID', 'SETUID'] },
          owner: { kind: 'compose', name: 'shop', files: ['/srv/shop/compose.yml'] },
          downtime_s: 2,
          worst_case_s: 142,
          blocked: null,
          stale_if: { config_digest: 'sha256:c0', image_id: 'sha256:1a', engine_id: '7TF3:ENGINE' },
        },
      ],
      port_changes: [
        { host: 'web-1', container: 'shop', proto: 'tcp', ip: '0.0.0.0', from: 80, to: 8080, container_port: 80 },
      ],
      hosts: [{ host: 'web-1', reachable: true, containers: 2, compliant: ['api'] }],
    });
  });

  test('lists only ports that will really move', () => {
    const blocked = aChange({ action: 'blocked', blocked: { because: 'data would be lost', hint: 'except it' } });

    expect(planDocument(aPlan([aHostPlan([blocked])]))['port_changes']).toEqual([]);
  });

  test('is not complete when a host was not reached', () => {
    expect(planDocument(aPlan([anUnreadHost]))).toMatchObject({ errored: true, complete: false });
  });
});
