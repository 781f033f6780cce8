import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BUSYBOX_IMAGE, busyboxImage } from '../support/docker.ts';
import { type LabHost, type LabUser, withLab } from '../support/lab.ts';
import { page } from '../support/page.ts';
import { type Program, startProgram } from '../support/program.ts';
import { describeLab } from '../support/real-engine.ts';
import { until } from '../support/traced.ts';

describeLab("the whole job by the system's ssh", () => {
  const lab = withLab(2);
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'enforce-by-'));
    await Promise.all(lab().hosts.map(({ docker }) => busyboxImage(docker)));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(['ops', 'narrow', 'deploy'] as const)(
    'as %s it is planned, applied and put back, and nothing of it is left here',
    async (user) => {
      await Promise.all(lab().hosts.map((host) => serve(host, `web-${user}`, 81)));

      const plan = await enforce(user, 'plan').ended;
      const apply = await enforce(user, 'apply', '--yes').ended;
      const moved = await Promise.all(lab().hosts.map(({ address }) => page(`http://${address}:8081/`)));
      const rollback = await enforce(user, 'rollback', '--yes').ended;
      const back = await Promise.all(lab().hosts.map(({ address }) => page(`http://${address}:81/`)));

      expect(plan.stdout).toContain('Plan: 2 to recreate');
      expect([plan.exitCode, apply.exitCode, rollback.exitCode]).toEqual([0, 0, 0]);
      expect(moved).toEqual(['web', 'web']);
      expect(back).toEqual(['web', 'web']);
      expect(controlFolders()).toEqual([]);
      await Promise.all(lab().hosts.map((host) => host.docker('rm', '-f', `web-${user}`)));
    },
    120_000,
  );

  test('a run that is killed leaves no ssh behind, and the next one finishes what it began', async () => {
    const [host] = lab().hosts as readonly [LabHost];
    await serve(host, 'web', 82);
    const program = enforce('ops', 'apply', '--yes', '--json');
    await program.untilPrinted('stop the old container');
    program.child.kill('SIGKILL');
    await program.ended;
    await until(() => controlFolders().length === 0);

    const next = await enforce('ops', 'apply', '--yes').ended;

    expect([next.exitCode, next.stdout + next.stderr]).toEqual([0, expect.stringContaining('applied')]);
    expect(await page(`http://${host.address}:8082/`)).toBe('web');
  }, 120_000);

  function enforce(user: LabUser, command: string, ...words: readonly string[]): Program {
    const inventory = `${lab().inventoryText(user)}      vars: { transport: openssh }\n`;
    writeFileSync(join(folder, 'inventory.yml'), inventory);
    writeFileSync(
      join(folder, 'playbook.yml'),
      'name: lab\ncontainers: { expendable: ["/www/index.html"] }\nrules:\n  privileged-host-port: { otherwise: "+8000" }\n  linux-capabilities: {}\nhealth: { healthy_for: 1s, deadline: 30s }\n',
    );
    const rules = ['plan', 'apply'].includes(command) ? ['-p', 'playbook.yml'] : [];
    return startProgram([command, '-i', 'inventory.yml', ...rules, ...words], {
      folder,
      environment: { HOME: lab().home, TMPDIR: folder, ENFORCE_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' },
    });
  }

  function controlFolders(): readonly string[] {
    return readdirSync(join(folder, `enforce-ssh-${process.getuid?.() ?? 0}`));
  }
});

async function serve(host: LabHost, name: string, port: number): Promise<void> {
  const program = 'echo web > /www/index.html; exec httpd -f -p 80 -h /www';
  await host.docker('run', '-d', '--init', '--name', name, '-p', `${port}:80`, BUSYBOX_IMAGE, 'sh', '-c', program);
}
