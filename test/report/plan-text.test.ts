import { describe, expect, test } from '@jest/globals';
import { changeText } from '../../src/report/change-text.ts';
import { planText } from '../../src/report/plan-text.ts';
import { aCapabilityFinding, aChange, aFinding, aHostPlan, aPlan, anUnreadHost } from '../support/a-plan.ts';

const PLAIN = { colors: false, verbose: false };
const ACCEPTED = { reason: 'public mail', owner: 'a.lopez', expires: '2027-01-31', ticket: 'MAIL-118' };

describe('the text of a plan', () => {
  test('is the diff a person reviews', () => {
    const ftp = aChange({
      container: 'ftp',
      action: 'blocked',
      blocked: { because: '3 files in the writable layer would be lost', hint: '--carry, or except it' },
    });
    const mail = aChange({ container: 'mail', action: 'excepted', because: [aFinding({ exception: ACCEPTED })] });
    const plan = aPlan([aHostPlan([mail, ftp, aChange()], ['api', 'redis'])]);

    const text = planText(plan, PLAIN);

    expect(text).toBe(`\
web-1   ssh://deploy@web-1   Docker 20.10.24   5 containers, 1 to recreate, 1 blocked
  -/+ shop        nginx:1.25                                    down about 2 s
        ports     80/tcp   0.0.0.0:80 → 0.0.0.0:8080            privileged-host-port   CIS 5.8  STIG V-260929
        cap_drop  – → ALL                                       linux-capabilities     CIS 5.4
        cap_add   – → SETGID SETUID                             catalogue; 2 dropped
        keep      SETGID            workers change their group  catalogue
        keep      SETUID            workers change their user   catalogue
        drop 2:   AUDIT_WRITE NET_RAW
        warn      compose project shop (/srv/shop/compose.yml) still publishes 80: run enforce patch
  !   ftp         blocked: 3 files in the writable layer would be lost
        → --carry, or except it
  ·   mail        exception until 2027-01-31 (MAIL-118, a.lopez)
  =   2 compliant: api, redis
Plan: 1 to recreate, 0 to update, 1 blocked, 1 excepted, 2 compliant.
`);
  });

  test('names a host that was not reached, and counts it', () => {
    const text = planText(aPlan([anUnreadHost]), PLAIN);

    expect(text).toBe(`\
edge-1   tcp://10.0.0.9:2376   not reached: the host key changed
  → compare SHA256:Vx1 with the console, then ssh-keygen -R edge-1
Plan: 0 to recreate, 0 to update, 0 blocked, 0 excepted, 0 compliant, 1 host not reached.
`);
  });

  test('only counts compliant containers when there are more than five', () => {
    const plan = aPlan([aHostPlan([], ['a', 'b', 'c', 'd', 'e', 'f'])]);

    expect(planText(plan, PLAIN)).toContain('\n  =   6 compliant\n');
    expect(planText(plan, { ...PLAIN, verbose: true })).toContain('\n  =   6 compliant: a, b, c, d, e, f\n');
  });

  test('ends with what the plan warns of', () => {
    const text = planText(aPlan([], ['exceptions.yml:3 matches nothing']), PLAIN);

    expect(text).toMatch(/^warn {2}exceptions\.yml:3 matches nothing\nPlan: /);
  });

  test('is the same every time', () => {
    const plan = aPlan([aHostPlan([aChange(), aChange({ container: 'ftp' })], ['api']), anUnreadHost]);

    expect(planText(structuredClone(plan), PLAIN)).toBe(planText(plan, PLAIN));
  });

  test('has the same characters with colours', () => {
    const plan = aPlan([aHostPlan([aChange()], ['api']), anUnreadHost], ['a warning']);

    const coloured = planText(plan, { ...PLAIN, colors: true });

    // eslint-disable-next-line no-control-regex -- colours are what is looked for
    expect(coloured).toMatch(/\u001b\[33m-\/\+\u001b\[0m/);
    // eslint-disable-next-line no-control-regex -- colours are what is looked for
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(planText(plan, PLAIN));
  });
});

describe('the text of a change', () => {
  test('has every reason, the owner and the worst case when it is whole', () => {
    const text = changeText(aChange(), { colors: false, verbose: true });

    expect(text).toContain('drop      AUDIT_WRITE       nothing here writes audit records');
    expect(text).toContain('found     linux-capabilities: 14 capabilities, none of them asked for');
    expect(text).toContain('owner     compose shop (/srv/shop/compose.yml)');
    expect(text).toContain('at worst  142 s, taking it back included\n');
  });

  test('says that the time to carry files over is not in the worst case', () => {
    const text = changeText(aChange({ carry: 'copy', carriedFiles: 3 }), { colors: false, verbose: true });

    expect(text).toContain('at worst  142 s, taking it back included; carrying its files is not counted\n');
  });

  test('shows each address of a port that moves, and settings of every kind', () => {
    const change = aChange({
      portMoves: [
        { protocol: 'udp', ip: '::', from: 53, to: 8053, containerPort: 53 },
        { protocol: 'tcp', ip: '', from: 53, to: 8053, containerPort: 53 },
      ],
      edits: [{ path: 'HostConfig.Privileged', before: true, after: false }],
    });

    const text = changeText(change, PLAIN);

    expect(text).toContain('ports     53/udp   [::]:53 → [::]:8053  ');
    expect(text).toContain('          53/tcp   *:53 → *:8053\n');
    expect(text).toContain('setting   HostConfig.Privileged  true → false\n');
  });

  test('shows the port bindings themselves when no move explains them', () => {
    expect(changeText(aChange({ portMoves: [] }), PLAIN)).toContain('setting   HostConfig.PortBindings  {"80/tcp":');
  });

  test('says what an exception leaves as it is', () => {
    const change = aChange({ because: [aFinding({ exception: ACCEPTED }), aCapabilityFinding()] });

    const text = changeText(change, PLAIN);

    expect(text).toContain('except    privileged-host-port accepted until 2027-01-31 (MAIL-118, a.lopez)');
  });

  test('names the strongest evidence first, and only some of very many dropped capabilities', () => {
    const dropped = Array.from({ length: 38 }, (_, at) => ({
      capability: `CAPABILITY_${at}`,
      verdict: 'drop' as const,
      evidence: 'none' as const,
      because: 'never asked for',
    }));
    const kept = [
      { capability: 'KILL', verdict: 'keep', evidence: 'safe-set', because: 'no evidence against it' },
      { capability: 'CHOWN', verdict: 'keep', evidence: 'pinned', because: 'pinned in cis-runtime' },
    ] as const;

    const text = changeText(aChange({ capabilities: [...kept, ...dropped] }), PLAIN);

    expect(text).toContain('pinned, safe set; 38 dropped');
    expect(text).toContain('CAPABILITY_13 and 24 more (-v lists them)');
  });

  test('keeps a long name apart from the image', () => {
    const text = changeText(aChange({ container: 'accounting-front-7' }), PLAIN);

    expect(text).toContain('accounting-front-7  nginx:1.25');
  });

  test('says so when nothing is down', () => {
    expect(changeText(aChange({ downtimeSeconds: 0 }), PLAIN)).toContain('no downtime');
  });
});
