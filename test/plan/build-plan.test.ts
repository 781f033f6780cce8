import { describe, expect, test } from '@jest/globals';
import { EnforceError } from '../../src/model/errors.ts';
import { planText } from '../../src/report/plan-text.ts';
import { anException, aPlaybook } from '../support/a-playbook.ts';
import { container, snapshot, STOPPED } from '../support/containers.ts';
import type { HealthGate } from '../../src/model/playbook.ts';
import { changeOf, planned, plannedText, publishing, seen } from '../support/planned.ts';

const PLAIN = { colors: false, verbose: false };

describe('a plan', () => {
  test('moves ports and shortens capabilities in one change, and leaves the compliant alone', () => {
    const shop = publishing('shop', ['80:80'], { HostConfig: { CapDrop: null } });

    const text = plannedText([shop, container('api')]);

    expect(text).toBe(`\
web-1   ssh://deploy@web-1.example.com   Docker 20.10.24   2 containers, 1 to recreate
  -/+ shop        nginx:1.25                                    down about 2 s
        ports     80/tcp   *:80 → *:8080                        privileged-host-port   CIS 5.8  STIG V-260929  STIG V-235819
        cap_drop  – → ALL                                       linux-capabilities     CIS 5.4  STIG V-260923  STIG V-235801
        cap_add   – → CHOWN SETGID SETUID                       catalogue; 11 dropped
        caps      14 → 3   confidence strong: known for nginx (tried)
        keep      CHOWN             known for nginx (tried)     catalogue
        keep      SETGID            known for nginx (tried)     catalogue
        keep      SETUID            known for nginx (tried)     catalogue
        drop 11:  AUDIT_WRITE DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETPCAP SYS_CHROOT
        else      what it is refused of the 11 dropped; then CHOWN DAC_OVERRIDE FOWNER KILL SETGID SETUID SYS_CHROOT
  =   1 compliant: api
Plan: 1 to recreate, 0 to update, 0 blocked, 0 excepted, 1 compliant.
`);
  });

  test('promises a port to the first by name, and blocks who would take it second', () => {
    const text = plannedText([publishing('web', ['127.0.0.1:80:80']), publishing('shop', ['80:80'])]);

    expect(text).toBe(`\
web-1   ssh://deploy@web-1.example.com   Docker 20.10.24   2 containers, 1 to recreate, 1 blocked
  -/+ shop        nginx:1.25                                    down about 2 s
        ports     80/tcp   *:80 → *:8080                        privileged-host-port   CIS 5.8  STIG V-260929  STIG V-235819
  !   web         blocked: 80/tcp would move to 8080, which is promised to container shop
        → map 80 to a free port under rules.privileged-host-port.map
Plan: 1 to recreate, 0 to update, 1 blocked, 0 excepted, 0 compliant.
`);
  });

  test('promises nothing to a change that is blocked', () => {
    const shop = publishing('shop', ['80:80'], { HostConfig: { AutoRemove: true } });

    const text = plannedText([shop, publishing('web', ['127.0.0.1:80:80'])]);

    expect(text).toContain('  -/+ web ');
    expect(text).toContain('80/tcp   127.0.0.1:80 → 127.0.0.1:8080');
  });

  test('promises the whole of a range', () => {
    const text = plannedText([publishing('ftp', ['1000-1010:21']), publishing('web', ['1005:80'])]);

    expect(text).toContain('web         blocked: 1005/tcp would move to 9005, which is promised to container ftp\n');
  });

  test('blocks the whole container when one of its findings cannot be mended', () => {
    const shop = publishing('shop', ['80:80'], { HostConfig: { Privileged: true } });

    const text = plannedText([shop]);

    expect(text).toBe(`\
web-1   ssh://deploy@web-1.example.com   Docker 20.10.24   1 container, 1 blocked
  !   shop        blocked: it is privileged: beside every capability that lifts seccomp, device and path limits, which a list of capabilities cannot replace
        → recreate it by hand without --privileged, or write an exception; enforce observe shop --start tells which capabilities it uses
Plan: 0 to recreate, 0 to update, 1 blocked, 0 excepted, 0 compliant.
`);
  });

  test('mends what it can of a container whose program chooses another port itself, and says what stays', () => {
    const dns = container('dns', { HostConfig: { NetworkMode: 'host', CapDrop: null }, details: seen() });
    const listener = { protocol: 'udp', ip: '0.0.0.0', port: 53, process: 'named', containerId: dns.id } as const;
    const host = snapshot([dns], { machine: { listeners: { known: true, value: [listener] } } });

    const text = planText(planned([host]), PLAIN);

    expect(text).toContain('  -/+ dns ');
    expect(text).toContain(
      'warn      stays as it is: listens on 53/udp of the host, whose network it shares; the program',
    );
    expect(text).toContain('keep      NET_BIND_SERVICE ');
  });

  test('leaves a container alone whose only finding a person must mend', () => {
    const dns = container('dns', { HostConfig: { NetworkMode: 'host', CapDrop: ['ALL'] }, details: seen() });
    const host = snapshot([dns], { machine: { listeners: { known: false, because: 'no shell there' } } });

    const text = planText(planned([host]), PLAIN);

    expect(text).toContain(
      "!   dns         blocked: shares the host's network, and what listens there could not be read: no shell there\n",
    );
    expect(text).toContain('→ the program itself chooses the port: configure it to listen at 1024 or above');
  });

  test('shows who accepted what, and leaves it', () => {
    const text = plannedText([publishing('mail', ['25:25'])], { exceptions: [anException()] });

    expect(text).toBe(`\
web-1   ssh://deploy@web-1.example.com   Docker 20.10.24   1 container
  ·   mail        exception until 2027-01-31 (MAIL-118, a.lopez)
Plan: 0 to recreate, 0 to update, 0 blocked, 1 excepted, 0 compliant.
`);
  });

  test('moves only the port that no exception accepts', () => {
    const text = plannedText([publishing('mail', ['25:25', '80:80'])], {
      exceptions: [anException({ ports: ['25/tcp'] })],
    });

    expect(text).toBe(`\
web-1   ssh://deploy@web-1.example.com   Docker 20.10.24   1 container, 1 to recreate
  -/+ mail        nginx:1.25                                    down about 2 s
        ports     80/tcp   *:80 → *:8080                        privileged-host-port   CIS 5.8  STIG V-260929  STIG V-235819
        except    privileged-host-port accepted until 2027-01-31 (MAIL-118, a.lopez)
Plan: 1 to recreate, 0 to update, 0 blocked, 0 excepted, 0 compliant.
`);
  });

  test('keeps the capability that an exception accepts, and shortens the rest', () => {
    const vpn = container('vpn', { HostConfig: { CapAdd: ['NET_ADMIN'], CapDrop: null }, details: seen() });
    const accepted = anException({
      rule: 'linux-capabilities',
      match: { container: 'vpn' },
      capabilities: ['NET_ADMIN'],
    });

    const text = plannedText([vpn], { exceptions: [accepted] });

    expect(text).toContain('cap_add   NET_ADMIN → CHOWN NET_ADMIN SETGID SETUID');
    expect(text).toContain('keep      NET_ADMIN         accepted until 2027-01-31 (MAIL-118)');
  });

  test('tells of a host that was not reached, with what to do, and plans the others', () => {
    const failed = new EnforceError('host-key', 'its host key changed', { hint: 'ssh-keygen -R edge-1' });

    const text = planText(planned([{ host: 'edge-1', failed }, snapshot([publishing('shop', ['80:80'])])]), PLAIN);

    expect(text).toContain('edge-1   ssh://edge-1   not reached: its host key changed\n  → ssh-keygen -R edge-1\n');
    expect(text).toContain('Plan: 1 to recreate, 0 to update, 0 blocked, 0 excepted, 0 compliant, 1 host not reached.');
  });

  test('only reports on Podman behind a Docker socket', () => {
    const shop = publishing('shop', ['80:80']);
    const host = snapshot([shop], { engine: { ...snapshot([]).engine, kind: 'podman', version: '5.4.2' } });

    const text = planText(planned([host]), PLAIN);

    expect(text).toContain('Podman 5.4.2 (report only)');
    expect(text).toContain('blocked: the engine is Podman 5.4.2 behind a Docker socket');
  });

  test('has the hosts in the order given and the containers in the order of their names', () => {
    const first = snapshot([publishing('web', ['81:80']), publishing('api', ['82:80'])], { host: 'web-2' });

    const { hosts } = planned([first, snapshot([])]);

    expect(hosts.map(({ host }) => host)).toEqual(['web-2', 'web-1']);
    expect(hosts[0]).toMatchObject({ changes: [{ container: 'api' }, { container: 'web' }] });
  });

  test('is the same whatever the order in which an engine lists its containers', () => {
    const containers = [
      publishing('web', ['80:80', '53:53/udp'], { HostConfig: { CapDrop: null } }),
      publishing('shop', ['127.0.0.1:80:80', '443:443']),
      container('old', { State: STOPPED, HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8443' }] } } }),
      container('older', { State: STOPPED, HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8443' }] } } }),
      container('log', { HostConfig: { VolumesFrom: ['web', 'shop'] } }),
      container('tail', { HostConfig: { VolumesFrom: ['shop', 'web'] } }),
    ];

    const plan = JSON.stringify(planned([snapshot(containers)]));

    expect(JSON.stringify(planned([snapshot(containers.toReversed())]))).toBe(plan);
    expect(JSON.stringify(planned([snapshot(structuredClone(containers))]))).toBe(plan);
  });

  test('holds what a change was planned against, so that it can be seen to be stale', () => {
    const shop = publishing('shop', ['80:80']);

    const [host] = planned([snapshot([shop])]).hosts;

    expect(host).toMatchObject({
      changes: [{ staleIf: { engineId: 'W3B1:ENGN', configDigest: shop.configDigest, imageId: shop.inspect.Image } }],
    });
  });

  test('counts twice the stop timeout, the start and the health deadline as the worst case, and a trial by restart', () => {
    const plan = planned([
      snapshot([
        publishing('a', ['81:80'], { Config: { StopTimeout: null } }),
        publishing('b', ['82:80'], { Config: { StopTimeout: 300 } }),
      ]),
    ]);

    expect(plan.hosts[0]).toMatchObject({
      changes: [{ worstCaseSeconds: 300 }, { worstCaseSeconds: 1170 }],
    });
  });

  test('counts the time that the new container is watched for into the worst case, and the look after it', () => {
    const worst = (health: Partial<HealthGate>): unknown => {
      const playbook = aPlaybook({ health: { ...aPlaybook().health, ...health } });
      return changeOf('a', snapshot([publishing('a', ['81:80'])]), { playbook }).worstCaseSeconds;
    };

    expect(Number(worst({ soakSeconds: 600 })) - Number(worst({}))).toBe(600 + 120);
  });

  test('has no edit, move or downtime for what is blocked or excepted', () => {
    const [host] = planned([snapshot([publishing('mail', ['25:25']), publishing('ftp', ['1024-1030:21', '21:21'])])], {
      exceptions: [anException()],
      playbook: aPlaybook({ rules: { 'privileged-host-port': { map: new Map() } } }),
    }).hosts;

    expect(host).toMatchObject({
      changes: [
        { container: 'ftp', action: 'blocked', edits: [], portMoves: [], downtimeSeconds: 0, worstCaseSeconds: 0 },
        { container: 'mail', action: 'excepted', edits: [], portMoves: [], blocked: null },
      ],
    });
  });
});
