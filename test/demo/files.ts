import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes playbook.yml and exceptions.yml into the folder the commands run in. */
export async function writeFiles(folder: string): Promise<void> {
  await writeFile(join(folder, 'playbook.yml'), playbook([]));
  await writeFile(join(folder, 'exceptions.yml'), exceptions(new Date()));
}

/** The lines a person adds to the playbook once the recorder's log has told what it needs. */
export const PINNED = ['    profiles:', '      "container:*recorder": [MKNOD]'];

/** Pins what the recorder needs. */
export async function pinRecorder(folder: string): Promise<void> {
  await writeFile(join(folder, 'playbook.yml'), playbook(PINNED));
}

function playbook(profiles: readonly string[]): string {
  return [
    'name: demo',
    'hosts: all',
    'rules:',
    '  privileged-host-port:',
    '    map: { 80: 8080, 443: 8443 }',
    '    otherwise: "+8000"',
    '  linux-capabilities:',
    '    require: drop-all',
    '    add: auto',
    ...profiles,
    'rollout:',
    '  max_failures: 10',
    'health:',
    '  healthy_for: 1s',
    '  deadline: 30s',
    '',
  ].join('\n');
}

function exceptions(now: Date): string {
  const expires = new Date(now.getTime() + 90 * 86_400_000).toISOString().slice(0, 10);
  return [
    '- rule: privileged-host-port',
    '  match: { container: "*mail" }',
    '  reason: other mail systems deliver to port 25 only',
    '  owner: a.lopez',
    `  expires: ${expires}`,
    '  ticket: MAIL-118',
    '',
  ].join('\n');
}
